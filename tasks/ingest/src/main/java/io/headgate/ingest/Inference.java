package io.headgate.ingest;

import io.headgate.stores.ColumnType;
import io.headgate.stores.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What types columns seem to have that no contract names. */
final class Inference {
  private static final int SAMPLE = 200_000;
  private static final int MOST_DIGITS = 38;

  private final Connection duck;

  Inference(Connection duck) {
    this.duck = duck;
  }

  Map<String, String> csv(List<InputFile> files, CsvOptions csv) throws SQLException {
    String options =
        "store_rejects = true, all_varchar = false, rejects_table = %s, rejects_scan = %s"
            .formatted(Sql.literal(CsvReading.REJECTS), Sql.literal(CsvReading.SCANS));
    Map<String, String> types = describe(csv(files, csv, options));
    if (types.containsValue("DOUBLE")) {
      types.putAll(
          wholeNumbers(types, csv(files, csv, "ignore_errors = true, all_varchar = true")));
    }
    return types;
  }

  private static String csv(List<InputFile> files, CsvOptions csv, String options) {
    return """
    read_csv(%s, header = %s, delim = %s, quote = %s, escape = %s, encoding = %s, nullstr = %s,
      compression = %s, sample_size = %d, %s)
    """
        .formatted(
            CsvReading.paths(files),
            csv.header(),
            Sql.literal(csv.delimiter()),
            Sql.literal(csv.quote()),
            Sql.literal(csv.quote().isEmpty() ? "" : csv.escape()),
            Sql.literal(csv.encoding()),
            CsvReading.texts(csv.nulls()),
            Sql.literal(files.getFirst().compression()),
            SAMPLE,
            options);
  }

  /** Whole numbers beyond 64 bits, which DuckDB takes for doubles and would round. */
  private Map<String, String> wholeNumbers(Map<String, String> types, String texts)
      throws SQLException {
    List<String> doubles =
        types.keySet().stream().filter(name -> "DOUBLE".equals(types.get(name))).toList();
    String lengths =
        doubles.stream()
            .map(
                name ->
                    "CASE WHEN bool_and(regexp_full_match(trim(%1$s), '[+-]?[0-9]+')) THEN max(length(ltrim(trim(%1$s), '+-0'))) END"
                        .formatted(Sql.identifier(name)))
            .collect(Collectors.joining(", "));
    Map<String, String> whole = new LinkedHashMap<>();
    try (Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT %s FROM (SELECT * FROM %s LIMIT %d)".formatted(lengths, texts, SAMPLE))) {
      rows.next();
      for (int i = 0; i < doubles.size(); i++) {
        int digits = rows.getInt(i + 1);
        if (!rows.wasNull()) {
          whole.put(doubles.get(i), digits > MOST_DIGITS ? "VARCHAR" : "DECIMAL(38,0)");
        }
      }
    }
    return whole;
  }

  Map<String, String> json(List<InputFile> files, boolean array) throws SQLException {
    return describe(
        "read_json(%s, format = %s, compression = %s, sample_size = %d, map_inference_threshold = -1)"
            .formatted(
                CsvReading.paths(files),
                array ? "'array'" : "'newline_delimited'",
                Sql.literal(files.getFirst().compression()),
                SAMPLE));
  }

  Map<String, String> parquet(List<InputFile> files) throws SQLException {
    return describe("read_parquet(" + CsvReading.paths(files) + ")");
  }

  private Map<String, String> describe(String relation) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    try (Statement statement = duck.createStatement();
        ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM " + relation)) {
      while (rows.next()) {
        types.put(rows.getString(1), rows.getString(2));
      }
    }
    return types;
  }

  /** A type as inferred; what the language of contracts does not know becomes text. */
  static ContractColumn column(String type) {
    try {
      return ContractColumn.found(ColumnType.parse(type));
    } catch (IllegalArgumentException e) {
      return ContractColumn.of(new ColumnType.Scalar("VARCHAR"));
    }
  }
}
