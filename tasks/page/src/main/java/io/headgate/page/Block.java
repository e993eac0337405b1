package io.headgate.page;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Something that stands on lines of its own. */
public sealed interface Block {
  record Paragraph(Span span) implements Block {}

  /** A line that should not be overlooked, with a coloured edge. */
  record Notice(Tone tone, Span span) implements Block {}

  /**
   * A table with a header that stays in view.
   *
   * @param wide whether it scrolls sideways when it does not fit; without, a phone shows each row
   *     as a card
   * @param rows as many cells each as there are columns
   */
  record Table(List<Column> columns, List<List<Span>> rows, boolean wide) implements Block {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<Span> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "a row of " + row.size() + " cells in a table of " + columns.size() + " columns");
        }
      }
    }
  }

  /** A column's heading; numbers stand to the right, digit below digit. */
  record Column(String title, boolean number) {
    public static Column text(String title) {
      return new Column(title, false);
    }

    public static Column number(String title) {
      return new Column(title, true);
    }
  }

  /** When each step ran: a bar a row on a common time axis. */
  record Timeline(List<Bar> bars) implements Block {
    public Timeline {
      bars = List.copyOf(bars);
    }
  }

  /**
   * One bar.
   *
   * @param href where the name leads, if anywhere
   * @param start since the beginning of the axis
   * @param note short, such as the outcome's summary; may be empty
   */
  record Bar(
      String name,
      Optional<String> href,
      Tone tone,
      Duration start,
      Duration length,
      String note) {}

  /** Key figures as tiles. */
  record Figures(List<Figure> figures) implements Block {
    public Figures {
      figures = List.copyOf(figures);
    }
  }

  /**
   * One key figure.
   *
   * @param note a few words below it; may be empty
   */
  record Figure(String label, String value, String note) {}

  /** Names and what they stand for, such as the parameters of a run. */
  record Facts(List<Fact> facts) implements Block {
    public Facts {
      facts = List.copyOf(facts);
    }
  }

  record Fact(String name, Span value) {}

  /** Folds away; printing unfolds it. */
  record Details(Span summary, boolean open, List<Block> blocks) implements Block {
    public Details {
      blocks = List.copyOf(blocks);
    }
  }

  /**
   * Text as it is, monospaced, with its line breaks.
   *
   * @param command whether people will want to copy it
   */
  record Preformatted(String text, boolean command) implements Block {}

  static Block paragraph(Span... spans) {
    return new Paragraph(new Span.Line(List.of(spans)));
  }

  static Block notice(Tone tone, Span... spans) {
    return new Notice(tone, new Span.Line(List.of(spans)));
  }

  /** A table that a phone shows as cards. */
  static Block table(List<Column> columns, List<List<Span>> rows) {
    return new Table(columns, rows, false);
  }

  /** A table that scrolls sideways. */
  static Block wideTable(List<Column> columns, List<List<Span>> rows) {
    return new Table(columns, rows, true);
  }

  static Block details(String summary, Block... blocks) {
    return new Details(Span.text(summary), false, List.of(blocks));
  }

  static Block command(String text) {
    return new Preformatted(text, true);
  }

  static Block preformatted(String text) {
    return new Preformatted(text, false);
  }
}
