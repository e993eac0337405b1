package io.headgate.ingest;

import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The rejected rows of one load while it runs: a temporary table of the database that reads. */
final class DeadRows {
  static final String TABLE = "_headgate_dead";
  private static final int BATCH = 1000;

  private final Connection duck;
  private final Statements statements;

  DeadRows(Connection duck, Statements statements) throws SQLException, InterruptedException {
    this.duck = duck;
    this.statements = statements;
    statements.execute(
        duck,
        "CREATE OR REPLACE TEMP TABLE "
            + TABLE
            + """
             (file VARCHAR, line BIGINT, byte_offset BIGINT, record BIGINT, "column" VARCHAR,
              reason VARCHAR, raw VARCHAR, header VARCHAR)
            """);
  }

  /** Forgets what the CSV reader could not read, for files that are left out; says how many. */
  long dropScanned() throws SQLException, InterruptedException {
    long lines = lines();
    statements.execute(duck, "DELETE FROM " + CsvReading.REJECTS);
    return lines;
  }

  /** Takes over what the CSV reader itself could not read, one row a line; says how many. */
  long takeScanned(Reading reading) throws SQLException, InterruptedException {
    long lines = lines();
    if (lines > 0) {
      statements.execute(duck, scanned(reading));
      statements.execute(duck, "DELETE FROM " + CsvReading.REJECTS);
    }
    return lines;
  }

  private long lines() throws SQLException, InterruptedException {
    return statements.count(
        duck,
        "SELECT count(*) FROM (SELECT DISTINCT scan_id, file_id, line_byte_position FROM "
            + CsvReading.REJECTS
            + ")");
  }

  private static String scanned(Reading reading) {
    String columns =
        reading.columns().stream()
            .map(
                column ->
                    "("
                        + Sql.literal(column.name())
                        + ", "
                        + Sql.literal(Derivation.unreadable(column.type()))
                        + ")")
            .collect(Collectors.joining(", "));
    String files =
        reading.files().stream()
            .map(
                file ->
                    "("
                        + Sql.literal(file.path().toString())
                        + ", "
                        + Sql.literal(file.name())
                        + ")")
            .collect(Collectors.joining(", "));
    return """
    INSERT INTO %s
    SELECT file, min(line), line_byte_position - 1, NULL,
      min_by(column_name, place),
      CASE WHEN min(place) < 100 THEN min_by(problem, place)
        ELSE string_agg(DISTINCT column_name || ' ' || problem, '; ' ORDER BY column_name || ' ' || problem) END,
      any_value(csv_line), %s
    FROM (
      SELECT coalesce(f.name, s.file_path) AS file, e.line, e.line_byte_position, e.csv_line, e.file_id,
        CASE WHEN e.error_type IN ('CAST') THEN e.column_name END AS column_name,
        CASE CAST(e.error_type AS VARCHAR)
          WHEN 'CAST' THEN CASE
            WHEN NOT contains(e.error_message, 'Could not convert string "')
              OR contains(e.error_message, 'Could not convert string "" to') THEN 'is null'
            WHEN contains(e.error_message, 'to ''ENUM(') THEN 'is none of the allowed values'
            ELSE coalesce(c.unreadable, 'cannot be read') END
          WHEN 'MISSING COLUMNS' THEN 'the row has too few values'
          WHEN 'TOO MANY COLUMNS' THEN 'the row has too many values'
          WHEN 'UNQUOTED VALUE' THEN 'a quote is not closed, or stands in the wrong place'
          WHEN 'LINE SIZE OVER MAXIMUM' THEN 'the line is too long'
          WHEN 'INVALID ENCODING' THEN 'the bytes are not text in the encoding of the file'
          ELSE lower(CAST(e.error_type AS VARCHAR)) END AS problem,
        CASE CAST(e.error_type AS VARCHAR)
          WHEN 'UNQUOTED VALUE' THEN 1 WHEN 'INVALID ENCODING' THEN 2 WHEN 'LINE SIZE OVER MAXIMUM' THEN 3
          WHEN 'TOO MANY COLUMNS' THEN 4 WHEN 'MISSING COLUMNS' THEN 5
          ELSE 100 + coalesce(e.column_idx, 0) END AS place
      FROM %s AS e
      JOIN %s AS s ON e.scan_id = s.scan_id AND e.file_id = s.file_id
      LEFT JOIN (VALUES %s) AS c(name, unreadable) ON c.name = e.column_name
      LEFT JOIN (VALUES %s) AS f(path, name) ON f.path = s.file_path
    )
    GROUP BY file, line_byte_position
    """
        .formatted(TABLE, header(reading), CsvReading.REJECTS, CsvReading.SCANS, columns, files);
  }

  /** Takes the rows of one file that break a rule; says how many. */
  long takeBroken(Reading reading, InputFile file) throws SQLException, InterruptedException {
    List<Column.Rule> rules = reading.rules();
    String broken = reading.broken().orElseThrow();
    String reason =
        rules.stream()
            .map(
                rule -> "CASE WHEN " + rule.broken() + " THEN " + Sql.literal(rule.text()) + " END")
            .collect(Collectors.joining(", ", "concat_ws('; ', ", ")"));
    String column =
        rules.stream()
            .map(
                rule ->
                    "CASE WHEN " + rule.broken() + " THEN " + Sql.literal(rule.column()) + " END")
            .collect(Collectors.joining(", ", "coalesce(", ", NULL)"));
    long before = count();
    statements.execute(
        duck,
        """
        INSERT INTO %s
        SELECT %s, NULL, NULL, _headgate_record, %s, %s, %s, %s
        FROM (SELECT row_number() OVER () AS _headgate_record, t.* FROM %s AS t)
        WHERE %s
        """
            .formatted(
                TABLE,
                Sql.literal(file.name()),
                column,
                reason,
                reading.raw(),
                header(reading),
                reading.again().apply(List.of(file)),
                broken));
    return count() - before;
  }

  private static String header(Reading reading) {
    return reading.header().map(Sql::literal).orElse("CAST(NULL AS VARCHAR)");
  }

  /** Finds line, offset and text of the rows of a CSV file that are known by number only. */
  void locate(InputFile file, CsvOptions csv, boolean single)
      throws SQLException, InterruptedException {
    if (!CsvLocator.walks(file, csv)) {
      return;
    }
    String name = Sql.literal(file.name());
    List<Long> records =
        numbers("SELECT record FROM %s WHERE file = %s AND record IS NOT NULL", name);
    Set<Long> without =
        new HashSet<>(
            numbers("SELECT byte_offset FROM %s WHERE file = %s AND record IS NULL", name));
    List<CsvLocator.Place> places;
    try {
      places = CsvLocator.find(file, csv, records, without, single);
    } catch (IOException e) {
      throw StoreFailures.of("read " + file.path(), e);
    }
    for (int from = 0; from < places.size(); from += BATCH) {
      String values =
          places.subList(from, Math.min(from + BATCH, places.size())).stream()
              .map(
                  place ->
                      "(%d, %d, %d, %s)"
                          .formatted(
                              place.record(), place.line(), place.offset(), text(place.raw())))
              .collect(Collectors.joining(", "));
      statements.execute(
          duck,
          """
          UPDATE %s AS d SET line = p.line, byte_offset = p.byte_offset, raw = p.raw
          FROM (VALUES %s) AS p(record, line, byte_offset, raw)
          WHERE d.file = %s AND d.record = p.record
          """
              .formatted(TABLE, values, name));
    }
  }

  private static String text(String raw) {
    return Sql.literal(raw.replace("\0", "\uFFFD"));
  }

  private List<Long> numbers(String sql, String file) throws SQLException, InterruptedException {
    return statements.query(
        duck,
        sql.formatted(TABLE, file) + " ORDER BY 1",
        rows -> {
          List<Long> numbers = new ArrayList<>();
          while (rows.next()) {
            numbers.add(rows.getLong(1));
          }
          return numbers;
        });
  }

  /** Hides people's data in the rows as they were read. */
  void mask(RowMask mask) throws SQLException, InterruptedException {
    if (mask.hidesNothing()) {
      return;
    }
    List<String> masked = new ArrayList<>();
    statements.query(
        duck,
        "SELECT rowid, raw, header FROM " + TABLE + " ORDER BY rowid",
        rows -> {
          while (rows.next()) {
            String raw = mask.apply(String.valueOf(rows.getString(2)), rows.getString(3));
            masked.add("(%d, %s)".formatted(rows.getLong(1), text(raw)));
          }
          return masked.size();
        });
    for (int from = 0; from < masked.size(); from += BATCH) {
      statements.execute(
          duck,
          "UPDATE %s AS d SET raw = m.raw FROM (VALUES %s) AS m(id, raw) WHERE d.rowid = m.id"
              .formatted(
                  TABLE,
                  String.join(", ", masked.subList(from, Math.min(from + BATCH, masked.size())))));
    }
  }

  long count() throws SQLException, InterruptedException {
    return statements.count(duck, "SELECT count(*) FROM " + TABLE);
  }

  /** How many rows by reason; a row with several counts under their combination. */
  Map<String, Long> reasons() throws SQLException, InterruptedException {
    return statements.query(
        duck,
        "SELECT reason, count(*) FROM " + TABLE + " GROUP BY ALL",
        rows -> {
          Map<String, Long> reasons = new TreeMap<>();
          while (rows.next()) {
            reasons.put(rows.getString(1), rows.getLong(2));
          }
          return reasons;
        });
  }

  /** The first few for a message, by place. */
  List<String> first(int limit) throws SQLException, InterruptedException {
    return first(duck, statements, TABLE, limit);
  }

  /** The same of dead rows in what stands behind FROM. */
  static List<String> first(Connection duck, Statements statements, String relation, int limit)
      throws SQLException, InterruptedException {
    return statements.query(
        duck,
        """
        SELECT file || CASE WHEN line IS NOT NULL THEN ' line ' || line ELSE ' record ' || record END
          || ': ' || reason
        FROM %s ORDER BY file, line, record LIMIT %d
        """
            .formatted(relation, limit),
        rows -> {
          List<String> lines = new java.util.ArrayList<>();
          while (rows.next()) {
            lines.add(rows.getString(1));
          }
          return lines;
        });
  }
}
