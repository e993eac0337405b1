package io.headgate.page;

import io.headgate.page.Block.Bar;
import io.headgate.page.Block.Column;
import io.headgate.page.Block.Fact;
import io.headgate.page.Block.Figure;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Turns the records of a page into markup. Used once. */
final class Writer {
  private static final Pattern LINKED =
      Pattern.compile("(?i)(https?://|mailto:)[^\\s]+|[^:/?#\\s\\\\][^:\\\\]*|#[\\w.\\-]+");

  private final Markup out = new Markup();

  String page(Page page) {
    Resource style = Resource.named("page.css");
    Resource script = Resource.named("page.js");
    Page.Header header = page.header();
    out.empty("!doctype html").newline().open("html", "lang", "en").newline().open("head");
    out.empty("meta", "charset", "utf-8");
    out.empty(
        "meta",
        "http-equiv",
        "Content-Security-Policy",
        "content",
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src %s; script-src %s"
            .formatted(style.policySource(), script.policySource()));
    out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    out.empty("meta", "name", "color-scheme", "content", "light dark");
    out.empty("meta", "name", "referrer", "content", "no-referrer");
    out.empty("meta", "name", "generator", "content", "Headgate");
    out.element("title", "", header.title());
    out.empty("link", "rel", "icon", "href", icon(header.verdict().tone()));
    out.open("style").resource(style).close().newline().close().newline();
    out.open("body");
    header(header);
    out.open("main");
    page.sections().forEach(this::section);
    out.close();
    out.open("footer").element("p", "", page.footer()).close().newline();
    out.open("script").resource(script).close().newline();
    out.close().close().newline();
    return out.toString();
  }

  private static String icon(Tone tone) {
    String colour =
        switch (tone) {
          case GOOD -> "2f9e68";
          case WARN -> "c98a12";
          case BAD -> "d1453b";
          case FAULT -> "8a5cc7";
          case MUTED -> "8b949e";
          case ACTIVE -> "3b82c4";
        };
    return "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
        + "%3Cpath d='M2 2h3v12H2zM11 2h3v12h-3zM6 2h4v7H6z' fill='%23"
        + colour
        + "'/%3E%3C/svg%3E";
  }

  private void header(Page.Header header) {
    out.open("header", "class", "top " + header.verdict().tone().css()).open("div", "class", "in");
    out.open("p", "class", "eyebrow");
    out.open("svg", "class", "mark", "viewBox", "0 0 16 16", "aria-hidden", "true");
    out.open("path", "d", "M1 1h3v14H1zM12 1h3v14h-3z").close();
    out.open("path", "class", "leaf", "d", "M5.5 1h5v8.5h-5z").close();
    out.close().text(header.eyebrow()).close();
    out.open("div", "class", "head").element("h1", "", header.title());
    span(header.verdict());
    out.close().open("p", "class", "about");
    span(header.about());
    out.close().close().close().newline();
  }

  private void section(Page.Section section) {
    out.open("section", "id", id(section.id()));
    if (!section.title().isEmpty()) {
      out.element("h2", "", section.title());
    }
    section.blocks().forEach(this::block);
    out.close().newline();
  }

  private void block(Block block) {
    switch (block) {
      case Block.Paragraph paragraph -> {
        out.open("p");
        span(paragraph.span());
        out.close();
      }
      case Block.Notice notice -> {
        out.open("p", "class", "notice " + notice.tone().css());
        span(notice.span());
        out.close();
      }
      case Block.Table table -> table(table);
      case Block.Timeline timeline -> timeline(timeline.bars());
      case Block.Figures figures -> {
        out.open("dl", "class", "figures");
        figures.figures().forEach(this::figure);
        out.close();
      }
      case Block.Facts facts -> {
        out.open("dl", "class", "facts");
        for (Fact fact : facts.facts()) {
          out.open("div").element("dt", "", fact.name()).open("dd");
          span(fact.value());
          out.close().close();
        }
        out.close();
      }
      case Block.Details details -> {
        if (details.open()) {
          out.open("details", "open", "");
        } else {
          out.open("details");
        }
        out.open("summary");
        span(details.summary());
        out.close().open("div", "class", "inside");
        details.blocks().forEach(this::block);
        out.close().close();
      }
      case Block.Preformatted text -> {
        out.open("div", "class", text.command() ? "pre command" : "pre");
        out.open("pre", "tabindex", "0").element("code", "", text.text()).close().close();
      }
    }
    out.newline();
  }

  private void figure(Figure figure) {
    out.open("div").element("dt", "", figure.label()).element("dd", "", figure.value());
    if (!figure.note().isEmpty()) {
      out.element("dd", "note", figure.note());
    }
    out.close();
  }

  private void table(Block.Table table) {
    out.open("div", "class", table.wide() ? "table wide" : "table");
    if (table.wide()) {
      out.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "table");
    }
    out.open("table").open("thead").open("tr");
    for (Column column : table.columns()) {
      out.open("th", "scope", "col", "class", column.number() ? "number" : "text");
      out.text(column.title()).close();
    }
    out.close().close().open("tbody");
    for (List<Span> row : table.rows()) {
      out.newline().open("tr");
      for (int i = 0; i < row.size(); i++) {
        Column column = table.columns().get(i);
        out.open("td", "class", column.number() ? "number" : "text", "data-label", column.title());
        span(row.get(i));
        out.close();
      }
      out.close();
    }
    out.close().close().close();
    if (table.wide()) {
      out.close();
    }
  }

  private void timeline(List<Bar> bars) {
    double end = 1;
    for (Bar bar : bars) {
      end = Math.max(end, (double) bar.start().plus(bar.length()).toMillis());
    }
    out.open("div", "class", "timeline");
    for (Bar bar : bars) {
      out.open("div", "class", "bar " + bar.tone().css()).open("span", "class", "name");
      out.element("i", "sign", bar.tone().sign());
      bar.href()
          .ifPresentOrElse(
              href -> span(new Span.Link(bar.name(), href)), () -> out.text(bar.name()));
      out.close();
      out.open("svg", "class", "track", "aria-hidden", "true");
      for (String at : List.of("0", "25%", "50%", "75%", "100%")) {
        out.open("line", "x1", at, "x2", at, "y1", "0", "y2", "100%").close();
      }
      double left = Math.min(99.4, 100 * bar.start().toMillis() / end);
      double width = Math.min(Math.max(0.6, 100 * bar.length().toMillis() / end), 100 - left);
      out.open("rect", "x", percent(left), "width", percent(width), "y", "20%", "height", "60%");
      out.close().close();
      out.element("span", "took", Shown.duration(bar.length()));
      out.element("span", "note", bar.note());
      out.close().newline();
    }
    out.open("div", "class", "axis").element("span", "", "0");
    out.element("span", "", Shown.duration(java.time.Duration.ofMillis((long) (end / 2))));
    out.element("span", "", Shown.duration(java.time.Duration.ofMillis((long) end)));
    out.close().close();
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f%%", value);
  }

  private void span(Span span) {
    switch (span) {
      case Span.Text text -> out.text(text.text());
      case Span.Strong text -> out.element("strong", "", text.text());
      case Span.Quiet text -> out.element("span", "quiet", text.text());
      case Span.Code code -> out.element("code", "", code.text());
      case Span.Link link -> {
        if (LINKED.matcher(link.href()).matches()) {
          out.open("a", "href", link.href()).text(link.text()).close();
        } else {
          out.text(link.text());
        }
      }
      case Span.Badge badge -> {
        out.open("span", "class", "badge " + badge.tone().css());
        out.element("i", "sign", badge.tone().sign()).text(badge.text()).close();
      }
      case Span.Dots dots -> dots(dots.dots());
      case Span.Line line -> {
        for (int i = 0; i < line.spans().size(); i++) {
          if (i > 0) {
            out.text(" ");
          }
          span(line.spans().get(i));
        }
      }
      case Span.Stack stack -> {
        out.open("span", "class", "stack");
        for (Span inner : stack.spans()) {
          out.open("span");
          span(inner);
          out.close();
        }
        out.close();
      }
    }
  }

  private void dots(List<Span.Dot> dots) {
    String width = Integer.toString(Math.max(1, dots.size()) * 12);
    out.open(
        "svg",
        "class",
        "dots",
        "role",
        "img",
        "width",
        width,
        "height",
        "12",
        "viewBox",
        "0 0 " + width + " 12");
    for (int i = 0; i < dots.size(); i++) {
      Span.Dot dot = dots.get(i);
      out.open("g", "class", dot.tone().css(), "transform", "translate(" + (i * 12 + 6) + " 6)");
      out.element("title", "", dot.hint());
      out.open("path", "d", shape(dot.tone())).close().close();
    }
    out.close();
  }

  private static String shape(Tone tone) {
    return switch (tone) {
      case GOOD -> "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z";
      case WARN -> "M0-5L4.6 3.6H-4.6z";
      case BAD -> "M-4-4H4V4H-4z";
      case FAULT -> "M0-5L5 0L0 5L-5 0z";
      case MUTED, ACTIVE -> "M-3.5-1H3.5V1H-3.5z";
    };
  }

  static String id(String id) {
    return id.replaceAll("[^A-Za-z0-9_.\\-]+", "-");
  }
}
