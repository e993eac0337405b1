package io.headgate.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  private static final String HOSTILE =
      "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;";

  @Test
  void needsNothingFromOutside() {
    String html = Demo.page().html();

    assertThat(html).doesNotContain("@import").doesNotContain("src=").doesNotContain("url(");
    assertThat(Pattern.compile("href=\"https?:").matcher(html).find()).isFalse();
    assertThat(html).contains("default-src &#39;none&#39;").contains("prefers-color-scheme: dark");
  }

  @Test
  void escapesHostileTextWhereverItStands() {
    Page page = everywhere(HOSTILE);

    String html = page.html();

    assertThat(html).doesNotContain("<script>alert").doesNotContain("<img");
    assertThat(html.split("&lt;script&gt;alert\\(1\\)&lt;/script&gt;", -1).length - 1)
        .isGreaterThan(20);
    assertThat(html).contains("&amp;lt;");
  }

  @Test
  void tagsAreTheSameWhateverTheTextSays() {
    String plain = tags(everywhere("plain").html());
    Random random = new Random(7);
    String alphabet = "<>&\"'/=- \n\t\u0000\u202E\uD800abc{}`\\;#:";
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30) + 1; i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(tags(everywhere(text.toString()).html()))
          .as("%s", text.chars().boxed().toList())
          .isEqualTo(plain);
    }
  }

  @Test
  void linksOnlyWhereALinkIsHarmless() {
    assertThat(link("javascript:alert(1)")).doesNotContain("<a ");
    assertThat(link("JavaScript:alert(1)")).doesNotContain("<a ");
    assertThat(link(" javascript:alert(1)")).doesNotContain("<a ");
    assertThat(link("java\nscript:alert(1)")).doesNotContain("<a ");
    assertThat(link("data:text/html,x")).doesNotContain("<a ");
    assertThat(link("//elsewhere.example/x")).doesNotContain("<a ");
    assertThat(link("\\\\elsewhere.example\\x")).doesNotContain("<a ");
    assertThat(link("artefacts/models/target/run results.json")).contains("<a ");
    assertThat(link("../quality.html#check-1")).contains("<a ");
    assertThat(link("#steps")).contains("<a ");
    assertThat(link("https://wiki.example.org/streaming")).contains("<a ");
  }

  @Test
  void showsCharactersThatHide() {
    String html = text("a\u202Eb\u0000c\uD800d").html();

    assertThat(html).contains("a\\u202Eb\\u0000c\uFFFDd");
  }

  @Test
  void refusesARowThatDoesNotFitItsTable() {
    assertThatThrownBy(
            () ->
                Block.table(
                    List.of(Block.Column.text("a")), List.of(List.of(Span.none(), Span.none()))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesTheFileWhole(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("a/b/index.html");

    Demo.page().write(file);
    Demo.page().write(file);

    assertThat(file).content().startsWith("<!doctype html>").endsWith("</html>\n");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
    String copy = System.getProperty("demo.page", "");
    if (!copy.isEmpty()) {
      Files.copy(file, Path.of(copy));
    }
  }

  @Test
  void saysValuesAsPeopleReadThem() {
    assertThat(Shown.duration(Duration.ofMillis(80))).isEqualTo("80ms");
    assertThat(Shown.duration(Duration.ofMillis(1949))).isEqualTo("1.9s");
    assertThat(Shown.duration(Duration.ofMillis(59_960))).isEqualTo("1m 00s");
    assertThat(Shown.duration(Duration.ofSeconds(245))).isEqualTo("4m 05s");
    assertThat(Shown.duration(Duration.ofMinutes(123))).isEqualTo("2h 03m");
    assertThat(Shown.bytes(999)).isEqualTo("999 B");
    assertThat(Shown.bytes(999_999)).isEqualTo("1.0 MB");
    assertThat(Shown.count(1, "row")).isEqualTo("1 row");
    assertThat(Shown.count(11_330, "row")).isEqualTo("11,330 rows");
  }

  private static Page everywhere(String text) {
    Span.Badge badge = new Span.Badge(Tone.BAD, text);
    Span spans =
        Span.stack(
            Span.text(text),
            Span.quiet(text),
            Span.strong(text),
            Span.code(text),
            badge,
            Span.link(text, "page.html"),
            new Span.Dots(List.of(new Span.Dot(Tone.GOOD, text))));
    return new Page(
        new Page.Header(text, text, badge, spans),
        List.of(
            new Page.Section(
                text,
                "t" + text,
                List.of(
                    Block.paragraph(spans),
                    Block.notice(Tone.WARN, spans),
                    Block.table(List.of(Block.Column.text(text)), List.of(List.of(spans))),
                    Block.wideTable(List.of(Block.Column.number(text)), List.of(List.of(spans))),
                    new Block.Timeline(
                        List.of(
                            new Block.Bar(
                                text,
                                java.util.Optional.of("x.log"),
                                Tone.GOOD,
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                text))),
                    new Block.Figures(List.of(new Block.Figure(text, text, "n" + text))),
                    new Block.Facts(List.of(new Block.Fact(text, spans))),
                    Block.details(text, Block.command(text), Block.preformatted(text))))),
        text);
  }

  private static String tags(String html) {
    StringBuilder tags = new StringBuilder();
    var matcher =
        Pattern.compile("<(/?[!a-z0-9]+)((?:\\s+[a-z-]+=\"[^\"]*\")*)\\s*[^>]*>").matcher(html);
    while (matcher.find()) {
      tags.append(matcher.group(1));
      var names = Pattern.compile("([a-z-]+)=\"[^\"]*\"").matcher(matcher.group(2));
      while (names.find()) {
        tags.append(' ').append(names.group(1));
      }
      tags.append('\n');
    }
    return tags.toString();
  }

  private static String link(String href) {
    return page(Block.paragraph(Span.link("there", href))).html();
  }

  private static Page text(String text) {
    return page(Block.paragraph(Span.text(text)));
  }

  private static Page page(Block block) {
    return new Page(
        new Page.Header("", "t", new Span.Badge(Tone.GOOD, "x"), Span.none()),
        List.of(Page.Section.of("s", block)),
        "");
  }
}
