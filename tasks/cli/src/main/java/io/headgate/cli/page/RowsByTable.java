package io.headgate.cli.page;

import io.headgate.api.Outcome;
import io.headgate.api.TableRows;
import io.headgate.cli.run.RunReport;
import io.headgate.cli.run.StepResult;
import io.headgate.model.Redactor;
import io.headgate.page.Block;
import io.headgate.page.Block.Column;
import io.headgate.page.Page.Section;
import io.headgate.page.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What became of the rows that a run read. */
final class RowsByTable {
  private final RunReport report;
  private final Redactor redactor;

  RowsByTable(RunReport report, Redactor redactor) {
    this.report = report;
    this.redactor = redactor;
  }

  /** None if the run read no rows. */
  Optional<Section> section() {
    List<List<Span>> rows = rows();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Section.of(
            "Rows",
            Block.paragraph(Span.quiet("read = written + rejected + skipped, for every table")),
            Block.table(columns(), rows)));
  }

  private static List<Column> columns() {
    return List.of(
        Column.text("Table"),
        Column.text("Mode"),
        Column.number("Read"),
        Column.number("Written"),
        Column.number("Rejected"),
        Column.number("Skipped"),
        Column.text("Why, and what changed"));
  }

  private List<List<Span>> rows() {
    List<List<Span>> rows = new ArrayList<>();
    for (StepResult result : report.results().values()) {
      for (TableRows table : result.outcome().map(Outcome::rows).orElse(List.of())) {
        List<Span> why = new ArrayList<>();
        new TreeMap<>(table.rejected()).forEach((r, n) -> why.add(reason("rejected", r, n)));
        new TreeMap<>(table.skipped()).forEach((r, n) -> why.add(reason("skipped", r, n)));
        new TreeMap<>(table.changes())
            .forEach(
                (change, n) -> {
                  if (n != 0) {
                    why.add(Span.quiet("%,d %s".formatted(n, change)));
                  }
                });
        rows.add(
            List.of(
                Span.code(redactor.redact(table.table())),
                Span.text(table.mode()),
                Span.count(table.rows().read()),
                Span.count(table.rows().written()),
                Span.count(table.rows().rejected()),
                Span.count(table.rows().skipped()),
                new Span.Stack(why)));
      }
    }
    return rows;
  }

  private Span reason(String end, String reason, long count) {
    return Span.text("%,d %s: %s".formatted(count, end, redactor.redact(reason)));
  }
}
