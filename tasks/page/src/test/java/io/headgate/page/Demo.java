package io.headgate.page;

import io.headgate.page.Block.Bar;
import io.headgate.page.Block.Column;
import io.headgate.page.Block.Fact;
import io.headgate.page.Block.Figure;
import io.headgate.page.Page.Header;
import io.headgate.page.Page.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A page with one of everything, of invented numbers. */
final class Demo {
  private Demo() {}

  static Page page() {
    List<Span.Dot> history = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Tone tone = i == 4 ? Tone.WARN : i == 7 ? Tone.BAD : i == 8 ? Tone.FAULT : Tone.GOOD;
      history.add(new Span.Dot(tone, "run " + i + ": " + tone.css()));
    }
    return new Page(
        new Header(
            "Headgate run 7f3c",
            "streaming",
            new Span.Badge(Tone.WARN, "warned"),
            Span.line(
                Span.text("target"),
                Span.code("dev"),
                Span.quiet("· duckdb warehouse/dev.duckdb · 2 Dec 2021, 06:00:00 Europe/Berlin"))),
        List.of(
            new Section(
                "figures",
                "",
                List.of(
                    new Block.Figures(
                        List.of(
                            new Figure("Took", "9.4s", "limit 15m 00s"),
                            new Figure("Rows read", "11,331", "11,330 written, 1 rejected"),
                            new Figure("Checks", "54 of 55", "1 warned"),
                            new Figure("Published", "6 tables", "undo with rollback"))),
                    Block.notice(
                        Tone.WARN,
                        Span.strong("trusted_ok:"),
                        Span.text("share of sessions without a movie is 1.2%, budget 1%"),
                        Span.link("quality report", "artefacts/trusted_ok/quality.html")))),
            Section.of(
                "Steps",
                new Block.Timeline(
                    List.of(
                        bar("ingest", Tone.GOOD, 0, 1900, "11,330 rows in 6 tables"),
                        bar("sources_ok", Tone.GOOD, 1900, 800, "passed 24/24"),
                        bar("models", Tone.GOOD, 2700, 6200, "12 models, 31 tests"),
                        bar("trusted_ok", Tone.WARN, 8900, 300, "warned: share"),
                        bar(
                            "publish",
                            Tone.GOOD,
                            9200,
                            20,
                            "6 tables (undo: headgate rollback)")))),
            Section.of(
                "Tables",
                Block.table(
                    List.of(
                        Column.text("Table"),
                        Column.number("Read"),
                        Column.number("Written"),
                        Column.number("Rejected"),
                        Column.text("Verdict"),
                        Column.text("Last runs")),
                    List.of(
                        row("streams", 9652, 9652, 0, Tone.GOOD, "passed", history),
                        row("authors", 201, 200, 1, Tone.WARN, "warned", history),
                        row(
                            "a_very_long_table_name_that_somebody_chose",
                            91,
                            0,
                            91,
                            Tone.BAD,
                            "blocked",
                            history),
                        row(
                            "<script>alert(1)</script>",
                            91,
                            91,
                            0,
                            Tone.FAULT,
                            "errored",
                            history)))),
            Section.of(
                "Failing rows",
                Block.wideTable(
                    List.of(
                        Column.text("user_email"),
                        Column.text("movie_title"),
                        Column.number("size_mb"),
                        Column.text("start_at"),
                        Column.text("comment")),
                    List.of(
                        List.of(
                            Span.text("***"),
                            Span.text("Dune"),
                            Span.text("812.4"),
                            Span.text("2021-12-04 10:21:00"),
                            Span.text(
                                "a long comment that goes on and on, far beyond the edge of the"
                                    + " screen of a phone")),
                        List.of(
                            Span.text("***"),
                            Span.text("Solaris"),
                            Span.text("91.25"),
                            Span.text("2021-12-05 23:59:59"),
                            Span.none())))),
            Section.of(
                "What to do next",
                Block.paragraph(Span.text("Take on the failure for a while, and say why:")),
                Block.command(
                    "headgate gate accept 7f3c --reason \"vendor sends late\" --expires"
                        + " 2021-12-09"),
                Block.details(
                    "Log of trusted_ok",
                    Block.preformatted("06:00:09 checks/share.sql: 3 rows\n06:00:09 warned")),
                Block.details("Empty of meaning", Block.paragraph(Span.text("but not empty")))),
            Section.of(
                "Run",
                new Block.Facts(
                    List.of(
                        new Fact("Interval", Span.text("2021-12-01 to 2021-12-02")),
                        new Fact("Parameters", Span.code("source=../shared/streaming")),
                        new Fact("Manifest", Span.code("9ab1c0ffee")),
                        new Fact(
                            "Load ids",
                            Span.code(
                                "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9")))))),
        "Made by Headgate. Numbers invented.");
  }

  private static Bar bar(String name, Tone tone, long start, long length, String note) {
    return new Bar(
        name,
        Optional.of("logs/" + name + ".log"),
        tone,
        Duration.ofMillis(start),
        Duration.ofMillis(length),
        note);
  }

  private static List<Span> row(
      String table,
      long read,
      long written,
      long rejected,
      Tone tone,
      String verdict,
      List<Span.Dot> history) {
    return List.of(
        Span.code(table),
        Span.count(read),
        Span.count(written),
        Span.count(rejected),
        Span.badge(tone, verdict),
        new Span.Dots(history));
  }
}
