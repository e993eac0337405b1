package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the files of one table into a sink and accounts for every row. */
final class TableReader {
  static final String REPEATED = "the key comes again later in the input";
  static final String OUTSIDE = "outside the interval";
  static final String SAME_CONTENT = "the file has the content of another";
  static final String KNOWN = "the file was loaded before";

  private final TableSpec table;
  private final Connection duck;
  private final Statements statements;
  private final Sink sink;
  private final DeadRows dead;
  private final Path profile;
  private final boolean unordered;
  private final boolean owned;
  private boolean adopted;
  private final Map<String, Long> skipped = new TreeMap<>();
  private long read;
  private long taken;
  private long rejected;

  /**
   * A reader.
   *
   * @param unordered whether rows may arrive in any order, which needs less memory and time; nobody
   *     else may use the database then
   * @param owned whether the files are of no use to anybody else, so that they may be taken whole
   */
  TableReader(
      TableSpec table,
      Connection duck,
      Statements statements,
      Sink sink,
      DeadRows dead,
      Path profile,
      boolean unordered,
      boolean owned) {
    this.table = table;
    this.duck = duck;
    this.statements = statements;
    this.sink = sink;
    this.dead = dead;
    this.profile = profile;
    this.unordered = unordered;
    this.owned = owned;
  }

  /**
   * What became of the rows that were read.
   *
   * @param taken how many the sink holds by its own count
   * @param rejected how many are in the dead rows
   */
  record Account(long read, long taken, long rejected, Map<String, Long> skipped) {
    long skippedRows() {
      return skipped.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  Account account() {
    return new Account(read, taken, rejected, Map.copyOf(skipped));
  }

  /** Reads rows that keep the contract into the sink. */
  void read(List<Reading> readings) throws SQLException, InterruptedException {
    for (Reading reading : readings) {
      read(reading);
    }
  }

  private void read(Reading reading) throws SQLException, InterruptedException {
    Optional<String> outside = outside(reading);
    if (owned && adopted(reading, outside)) {
      return;
    }
    Pass pass = pass(reading, select(reading));
    taken += pass.arrived();
    long lines = reading.format() == FileFormat.CSV ? dead.takeScanned(reading) : 0;
    read += pass.scanned() + lines;
    rejected += lines;
    long filtered = pass.scanned() - pass.arrived();
    if (filtered > 0 && reading.broken().isPresent()) {
      for (InputFile file : reading.files()) {
        long broken = dead.takeBroken(reading, file);
        rejected += broken;
        if (broken > 0 && reading.format() == FileFormat.CSV) {
          dead.locate(file, table.csv(), reading.singleColumn());
        }
      }
    }
    if (filtered > 0 && outside.isPresent()) {
      skip(OUTSIDE, countOutside(reading, outside.get()));
    }
  }

  /** Takes a file whole when every row and column in it would be written as it stands there. */
  private boolean adopted(Reading reading, Optional<String> outside)
      throws SQLException, InterruptedException {
    boolean same =
        reading.format() == FileFormat.PARQUET
            && reading.files().size() == 1
            && reading.columns().stream()
                .allMatch(column -> column.expression().equals(Sql.identifier(column.name())))
            && List.copyOf(new Inference(duck).parquet(reading.files()).keySet())
                .equals(reading.columns().stream().map(Column::name).toList());
    if (!same) {
      return false;
    }
    List<String> reasons = new ArrayList<>();
    reading.broken().ifPresent(reasons::add);
    outside.ifPresent(reasons::add);
    String relation = reading.again().apply(reading.files());
    if (!reasons.isEmpty()
        && statements.count(
                duck,
                "SELECT count(*) FROM %s WHERE %s"
                    .formatted(relation, String.join(" OR ", reasons)))
            > 0) {
      return false;
    }
    long rows = parquetRows(reading);
    try {
      if (!sink.adopt(reading.files().getFirst().path())) {
        return false;
      }
    } catch (IOException e) {
      throw StoreFailures.of("move the rows to the landing zone", e);
    }
    adopted = true;
    read += rows;
    taken += rows;
    return true;
  }

  /** Gives the sink the columns and no row. */
  void takeNone(List<Reading> readings) throws SQLException, InterruptedException {
    Reading reading = readings.getFirst();
    sink.take(
        "SELECT "
            + reading.select()
            + " FROM "
            + reading.again().apply(reading.files())
            + " WHERE false");
    taken += sink.arrived();
  }

  private String select(Reading reading) {
    List<String> conditions = new ArrayList<>();
    reading.broken().ifPresent(broken -> conditions.add("NOT " + broken));
    outside(reading).ifPresent(outside -> conditions.add("NOT " + outside));
    String select = "SELECT " + reading.select() + " FROM " + reading.relation();
    return conditions.isEmpty() ? select : select + " WHERE " + String.join(" AND ", conditions);
  }

  private void keepOrder(boolean keep) throws SQLException, InterruptedException {
    if (unordered) {
      statements.execute(duck, "SET preserve_insertion_order = " + keep);
    }
  }

  private record Pass(long scanned, long arrived) {}

  private Pass pass(Reading reading, String select) throws SQLException, InterruptedException {
    try {
      keepOrder(false);
      long scanned;
      if (reading.format() == FileFormat.PARQUET) {
        scanned = parquetRows(reading);
        sink.take(select);
      } else {
        try (ScanCount count = new ScanCount(duck, statements, profile)) {
          sink.take(select);
          scanned = count.of(reading.scan());
        }
      }
      keepOrder(true);
      return new Pass(scanned, sink.arrived());
    } catch (SQLException e) {
      throw DuckFailures.unreadable(table.name(), names(reading), e);
    }
  }

  private static String names(Reading reading) {
    String first = reading.files().getFirst().name();
    return reading.files().size() == 1
        ? first
        : first + "\" and " + (reading.files().size() - 1) + " more \"";
  }

  /** Parquet says in its footer how many rows it has; filters reach into its scan. */
  private long parquetRows(Reading reading) throws SQLException, InterruptedException {
    return statements.count(
        duck,
        "SELECT sum(num_rows) FROM parquet_file_metadata("
            + CsvReading.paths(reading.files())
            + ")");
  }

  private long countOutside(Reading reading, String outside)
      throws SQLException, InterruptedException {
    String good = reading.broken().map(broken -> "NOT " + broken + " AND ").orElse("");
    return statements.count(
        duck,
        "SELECT count(*) FROM "
            + reading.again().apply(reading.files())
            + " WHERE "
            + good
            + outside);
  }

  private Optional<String> outside(Reading reading) {
    if (table.interval().isEmpty() || table.eventTime().isEmpty()) {
      return Optional.empty();
    }
    String name = table.eventTime().get();
    Column column =
        reading.columns().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "table %s: event_time \"%s\" is no column".formatted(table.name(), name),
                        "name a column of the contract"));
    return Optional.of(
        "coalesce(NOT ("
            + DuckDb.within(column.expression(), column.type(), table.interval().get())
            + "), false)");
  }

  /** Counts rows that are left out for what file they stand in. */
  void skip(List<Reading> readings, String reason) throws SQLException, InterruptedException {
    for (Reading reading : readings) {
      long rows;
      if (reading.format() == FileFormat.PARQUET) {
        rows = parquetRows(reading);
      } else {
        try (ScanCount count = new ScanCount(duck, statements, profile)) {
          statements.count(duck, "SELECT count(*) FROM " + reading.relation());
          rows = count.of(reading.scan());
        }
        if (reading.format() == FileFormat.CSV) {
          rows += dead.dropScanned();
        }
      }
      read += rows;
      skip(reason, rows);
    }
  }

  private void skip(String reason, long rows) {
    if (rows > 0) {
      skipped.merge(reason, rows, Long::sum);
    }
  }

  /**
   * Leaves out rows whose key comes again later.
   *
   * @param files in their order, which is not that of readings where shapes alternate
   */
  void dropRepeats(List<Reading> readings, List<InputFile> files)
      throws SQLException, InterruptedException {
    if (table.key().isEmpty() || taken == 0) {
      return;
    }
    List<String> key = table.keyExpressions("");
    long repeats =
        statements.count(
            duck,
            """
            SELECT coalesce(sum(n - 1), 0)
            FROM (SELECT count(*) AS n FROM %s GROUP BY %s HAVING count(*) > 1)
            """
                .formatted(sink.source(), String.join(", ", key)));
    if (repeats > 0) {
      List<Reading> ordered = ordered(readings, files);
      if (!adopted && (unordered || ordered.size() > readings.size())) {
        takeInOrder(ordered);
      }
      long dropped = sink.dropRepeats(key);
      taken -= dropped;
      skip(REPEATED, dropped);
    }
  }

  /** Readings in the order of the files: those of one shape are parted by others among them. */
  private static List<Reading> ordered(List<Reading> readings, List<InputFile> files) {
    Map<InputFile, Reading> byFile = new HashMap<>();
    readings.forEach(reading -> reading.files().forEach(file -> byFile.put(file, reading)));
    List<List<InputFile>> runs = new ArrayList<>();
    for (InputFile file : files) {
      boolean goesOn = !runs.isEmpty() && byFile.get(runs.getLast().getLast()) == byFile.get(file);
      if (!goesOn) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(file);
    }
    return runs.size() == readings.size()
        ? readings
        : runs.stream()
            .map(run -> Objects.requireNonNull(byFile.get(run.getFirst())).of(run))
            .toList();
  }

  /** Which of several rows comes last is told by their order. */
  private void takeInOrder(List<Reading> readings) throws SQLException, InterruptedException {
    sink.reset();
    taken = 0;
    for (Reading reading : readings) {
      sink.take(select(reading));
      taken += sink.arrived();
      if (reading.format() == FileFormat.CSV) {
        dead.dropScanned();
      }
    }
  }
}
