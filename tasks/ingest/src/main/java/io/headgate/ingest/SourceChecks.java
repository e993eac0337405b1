package io.headgate.ingest;

import io.headgate.api.Problems;
import io.headgate.ingest.jdbc.TableName;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.CursorKind;
import io.headgate.ingest.source.Deletes;
import io.headgate.ingest.source.PageConfig;
import io.headgate.stores.LoadMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must hold for a table beside what holds for its files. */
final class SourceChecks {
  private static final Pattern WRITES =
      Pattern.compile(
          "(?:\\s+|--[^\n]*\n|/\\*(?s:.*?)\\*/)*(insert|update|delete|merge|create|drop|alter"
              + "|truncate|grant|revoke|copy|call|do|set|begin|commit)\\b",
          Pattern.CASE_INSENSITIVE);

  private final IngestConfig step;
  private final TableConfig table;
  private final List<String> key;
  private final Optional<Contract> contract;
  private final Problems problems;

  private SourceChecks(
      IngestConfig step,
      TableConfig table,
      List<String> key,
      Optional<Contract> contract,
      Problems problems) {
    this.step = step;
    this.table = table;
    this.key = key;
    this.contract = contract;
    this.problems = problems;
  }

  /**
   * Reports what is wrong.
   *
   * @param key the table's or its contract's
   */
  static void check(
      IngestConfig step,
      TableConfig table,
      List<String> key,
      Optional<Contract> contract,
      Problems problems) {
    new SourceChecks(step, table, key, contract, problems).run();
  }

  private void run() {
    List<String> named = new ArrayList<>();
    if (!table.files().isEmpty()) {
      named.add("files");
    }
    table.table().ifPresent(any -> named.add("table"));
    table.query().ifPresent(any -> named.add("query"));
    table.path().ifPresent(any -> named.add("path"));
    if (named.isEmpty()) {
      problems.report("", "names nothing to read", "write one of files, table, query and path");
      return;
    }
    if (named.size() > 1) {
      problems.report(
          named.get(1),
          "stands beside " + named.getFirst(),
          "write exactly one of files, table, query and path");
    }
    if (table.files().isEmpty()) {
      source(named.getFirst());
    } else {
      files();
    }
    if (table.path().isEmpty()) {
      onlyPages();
    }
    table.cursor().ifPresent(this::cursor);
    deletes();
    paths();
  }

  private void files() {
    if (step.from().isBlank()) {
      problems.report("files", "the step has no from:", "name the folder of the files in from:");
    }
    if (table.cursor().isPresent()) {
      problems.report("cursor", "is for databases and HTTP APIs", "remove it");
    }
    if (table.deletes() == Deletes.COMPARE) {
      problems.report("deletes", "is for databases", "remove it");
    }
    if (table.fetchSize().isPresent()) {
      problems.report("fetch_size", "is for databases", "remove it");
    }
  }

  private void source(String named) {
    if (step.connection().isEmpty()) {
      problems.report(
          named,
          "the step has no connection:",
          "name a connection of headgate.yaml in connection:");
    }
    if (table.format().isPresent()) {
      problems.report("format", "is for files", "remove it");
    }
    if (table.csv().isPresent()) {
      problems.report("csv", "is for files", "remove it");
    }
    table
        .table()
        .flatMap(TableName::fault)
        .ifPresent(fault -> problems.report("table", fault, "write such as sales.orders"));
    if (table.query().filter(String::isBlank).isPresent()) {
      problems.report("query", "is empty", "write SELECT …");
    }
    table
        .query()
        .map(WRITES::matcher)
        .filter(Matcher::lookingAt)
        .ifPresent(
            word ->
                problems.report(
                    "query",
                    "begins with " + word.group(1).toUpperCase(Locale.ROOT),
                    "a query must be a SELECT"));
    if (table.fetchSize().filter(size -> size < 1).isPresent()) {
      problems.report("fetch_size", "must be at least 1", "leave it out for the driver's own");
    }
  }

  private void onlyPages() {
    String what = "is for HTTP APIs";
    if (!table.parameters().isEmpty()) {
      problems.report("parameters", what, "remove it, or write path:");
    }
    if (table.records().isPresent()) {
      problems.report("records", what, "remove it, or write path:");
    }
    if (table.page().isPresent()) {
      problems.report("page", what, "remove it, or write path:");
    }
  }

  private void cursor(CursorConfig cursor) {
    if (table.mode().filter(mode -> mode == LoadMode.REPLACE).isPresent()) {
      problems.report(
          "cursor", "reads a part of the table, mode: replace all of it", "remove one of them");
    }
    if (table.mode().filter(mode -> mode == LoadMode.MERGE).isPresent() && key.isEmpty()) {
      return; // reported for the mode
    }
    if (cursor.lag().isPresent() && key.isEmpty()) {
      problems.report(
          "cursor.lag", "reads rows again, which needs a key", "name the columns in key");
    }
    cursor
        .lag()
        .filter(lag -> !CursorKind.readable(lag))
        .ifPresent(
            lag ->
                problems.report(
                    "cursor.lag",
                    "\"" + lag + "\" is neither a duration nor a number",
                    "write 1h or 1000"));
    table
        .eventTime()
        .filter(column -> !column.equals(cursor.column()))
        .ifPresent(
            column ->
                problems.report(
                    "event_time",
                    "\"" + column + "\" is not the cursor's column",
                    "write " + cursor.column() + ", or remove event_time or cursor"));
    contract
        .filter(any -> table.path().isEmpty())
        .map(any -> any.columns().get(cursor.column()))
        .ifPresent(column -> cursor(cursor, column));
    if (table.path().isPresent() && cursor.parameter().isEmpty()) {
      problems.report(
          "cursor", "an HTTP API is asked by a parameter", "write cursor.parameter, such as since");
    }
    if (table.path().isEmpty() && cursor.parameter().isPresent()) {
      problems.report("cursor.parameter", "is for HTTP APIs", "remove it");
    }
  }

  /** What the contract's type of the cursor's column tells. */
  private void cursor(CursorConfig cursor, ContractColumn column) {
    Optional<CursorKind> kind =
        CursorKind.of(column.type()).filter(found -> found != CursorKind.TEXT);
    if (kind.isEmpty()) {
      return; // the column's own type is known when the source is
    }
    String type = column.type().sql();
    if (cursor.first().filter(first -> !first.contains("${")).isPresent()) {
      try {
        kind.get().canonical(cursor.first().get());
      } catch (IllegalArgumentException e) {
        problems.report(
            "cursor.first",
            "\"%s\" is no %s, which \"%s\" is by the contract"
                .formatted(cursor.first().get(), type, cursor.column()),
            "write a value such as "
                + (type.startsWith("TIME") || type.equals("DATE") ? "2024-01-01" : "1"));
      }
    }
    if (cursor.lag().filter(CursorKind::readable).isPresent()) {
      try {
        kind.get().checkLag(cursor.lag().get());
      } catch (IllegalArgumentException e) {
        problems.report(
            "cursor.lag",
            "%s; \"%s\" is %s by the contract".formatted(e.getMessage(), cursor.column(), type),
            "correct the lag");
      }
    }
  }

  private void deletes() {
    if (table.deletes() != Deletes.COMPARE || !table.files().isEmpty()) {
      return;
    }
    if (key.isEmpty()) {
      problems.report("deletes", "compare needs a key", "name the columns that identify a row");
    }
    if (table.path().isPresent()) {
      problems.report("deletes", "compare is for databases", "remove it");
    }
    if (table.mode().filter(mode -> mode == LoadMode.APPEND).isPresent()) {
      problems.report("deletes", "compare cannot be had with mode: append", "remove one of them");
    }
  }

  private void paths() {
    if (table.path().isEmpty()) {
      return;
    }
    String path = table.path().get();
    if (!path.contains("${") && (!path.startsWith("/") || path.contains("://"))) {
      problems.report(
          "path", "\"" + path + "\" is no path below the connection's url", "begin it with /");
    }
    if (table.maxPages() < 1) {
      problems.report("max_pages", "must be at least 1", "");
    }
    Optional<PageConfig> page = table.page();
    if (page.isEmpty()) {
      return;
    }
    PageConfig.Kind kind = page.get().kind();
    if (kind != PageConfig.Kind.LINK && page.get().parameter().isEmpty()) {
      problems.report("page", "has no parameter", "name the parameter that asks for the next page");
    }
    if (kind == PageConfig.Kind.CURSOR && page.get().next().isEmpty()) {
      problems.report("page", "has no next", "say where the token stands, such as meta.next");
    }
    if (kind == PageConfig.Kind.OFFSET && page.get().size().isEmpty()) {
      problems.report("page", "has no size", "say how many records a page has");
    }
    if (page.get().size().filter(size -> size < 1).isPresent()) {
      problems.report("page.size", "must be at least 1", "");
    }
  }
}
