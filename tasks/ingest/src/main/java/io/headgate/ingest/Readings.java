package io.headgate.ingest;

import io.headgate.api.TaskFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Looks at the files of a table and groups those of one shape. */
final class Readings {
  private final TableSpec table;
  private final Connection duck;
  private final boolean share;
  private final Inference inference;
  private final Set<String> keys = new LinkedHashSet<>();
  private boolean sparse;

  /**
   * Looks at files of a table.
   *
   * @param share whether others look at the rest of the table's files
   */
  Readings(TableSpec table, Connection duck, boolean share) {
    this.table = table;
    this.duck = duck;
    this.share = share;
    this.inference = new Inference(duck);
  }

  private record Group(FileFormat format, InputFile.Packing packing, List<String> columns) {}

  /**
   * How the files are to be read.
   *
   * @throws TaskFailure 65 when they cannot be
   */
  List<Reading> of(List<InputFile> files) throws SQLException {
    Map<Group, List<InputFile>> groups = new LinkedHashMap<>();
    for (InputFile file : files) {
      groups.computeIfAbsent(group(file), key -> new ArrayList<>()).add(file);
    }
    List<Reading> readings = new ArrayList<>();
    for (Map.Entry<Group, List<InputFile>> entry : groups.entrySet()) {
      readings.add(reading(entry.getKey(), entry.getValue()));
    }
    return aligned(readings);
  }

  /** Columns of the contract that no record of these files has, when others may have them. */
  List<String> absent() {
    return share && sparse && table.contract().isPresent()
        ? Shape.missing(table.contract().get(), keys)
        : List.of();
  }

  private Group group(InputFile file) throws SQLException {
    return switch (file.format()) {
      case CSV ->
          new Group(
              FileFormat.CSV,
              file.packing(),
              table.csv().header()
                  ? CsvHeader.read(table.name(), file, table.csv(), duck)
                  : withoutHeader(file));
      case JSON, NDJSON -> json(file);
      case PARQUET -> new Group(FileFormat.PARQUET, file.packing(), parquetShape(file));
    };
  }

  private List<String> withoutHeader(InputFile file) throws SQLException {
    return table.contract().isPresent()
        ? List.copyOf(table.contract().get().columns().keySet())
        : List.copyOf(inference.csv(List.of(file), table.csv()).keySet());
  }

  private Group json(InputFile file) {
    if (file.packing() == InputFile.Packing.ZSTD) {
      return new Group(file.format(), file.packing(), List.of());
    }
    JsonScan scan = JsonScan.of(table.name(), file);
    FileFormat format = scan.array() ? FileFormat.JSON : FileFormat.NDJSON;
    return new Group(format, file.packing(), List.of());
  }

  private List<String> parquetShape(InputFile file) throws SQLException {
    try {
      List<String> shape = new ArrayList<>();
      inference.parquet(List.of(file)).forEach((name, type) -> shape.add(name + "\n" + type));
      return shape;
    } catch (SQLException e) {
      throw DuckFailures.unreadable(table.name(), file.name(), e);
    }
  }

  private Reading reading(Group group, List<InputFile> files) throws SQLException {
    String where = "\"" + files.getFirst().name() + "\"";
    return switch (group.format()) {
      case CSV -> {
        Map<String, String> types = new LinkedHashMap<>();
        Function<String, ContractColumn> inferred =
            name -> {
              if (types.isEmpty()) {
                types.putAll(csvTypes(files, group.columns()));
              }
              return Inference.column(types.getOrDefault(name, "VARCHAR"));
            };
        yield CsvReading.of(
            table, files, group.columns(), Shape.match(table, group.columns(), where, inferred));
      }
      case JSON, NDJSON -> json(files, group.format() == FileFormat.JSON, where);
      case PARQUET -> {
        Map<String, String> types = inference.parquet(files);
        yield ParquetReading.of(
            table,
            files,
            types,
            Shape.match(
                table,
                List.copyOf(types.keySet()),
                where,
                name -> Inference.column(types.getOrDefault(name, "VARCHAR"))));
      }
    };
  }

  private Map<String, String> csvTypes(List<InputFile> files, List<String> header) {
    try {
      Map<String, String> sniffed = inference.csv(files, table.csv());
      Map<String, String> types = new LinkedHashMap<>();
      List<String> found = List.copyOf(sniffed.values());
      for (int i = 0; i < header.size(); i++) {
        types.put(header.get(i), i < found.size() ? found.get(i) : "VARCHAR");
      }
      return types;
    } catch (SQLException e) {
      throw DuckFailures.unreadable(table.name(), files.getFirst().name(), e);
    }
  }

  private Reading json(List<InputFile> files, boolean array, String where) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    Set<String> own = new LinkedHashSet<>();
    boolean infer = table.contract().isEmpty();
    for (InputFile file : files) {
      if (file.packing() == InputFile.Packing.ZSTD) {
        infer = true;
      } else {
        own.addAll(JsonScan.of(table.name(), file).keys());
      }
    }
    if (infer) {
      types.putAll(jsonTypes(files, array));
      own.addAll(types.keySet());
    }
    sparse = true;
    keys.addAll(own);
    if (table.contract().isPresent() && (share || own.isEmpty())) {
      own.addAll(Shape.missing(table.contract().get(), own));
    }
    Function<String, ContractColumn> inferred =
        name -> {
          if (types.isEmpty()) {
            types.putAll(jsonTypes(files, array));
          }
          return Inference.column(types.getOrDefault(name, "JSON"));
        };
    return JsonReading.of(
        table, files, array, Shape.match(table, List.copyOf(own), where, inferred));
  }

  private Map<String, String> jsonTypes(List<InputFile> files, boolean array) {
    try {
      return inference.json(files, array);
    } catch (SQLException e) {
      throw DuckFailures.unreadable(table.name(), files.getFirst().name(), e);
    }
  }

  /** All readings of a table come out with the same columns in the same order. */
  private List<Reading> aligned(List<Reading> readings) {
    Map<String, Column> all = new LinkedHashMap<>();
    for (Reading reading : readings) {
      for (Column column : reading.columns()) {
        Column first = all.putIfAbsent(column.name(), column);
        if (first != null && !first.type().equals(column.type())) {
          throw TaskFailure.blocked(
              "table %s: column \"%s\" is %s in \"%s\", but %s in an earlier file"
                  .formatted(
                      table.name(),
                      column.name(),
                      column.type().sql(),
                      reading.files().getFirst().name(),
                      first.type().sql()),
              "say its type in contracts/" + table.name() + ".yaml");
        }
      }
    }
    return readings.stream()
        .map(
            reading -> {
              List<Column> columns = new ArrayList<>();
              all.forEach(
                  (name, any) -> {
                    @Nullable Column own =
                        reading.columns().stream()
                            .filter(column -> column.name().equals(name))
                            .findFirst()
                            .orElse(null);
                    columns.add(own != null ? own : absent(any, reading));
                  });
              return reading.withColumns(columns);
            })
        .toList();
  }

  private Column absent(Column column, Reading reading) {
    if (table.contract().isEmpty()) {
      throw TaskFailure.blocked(
          "table %s: \"%s\" has no column \"%s\", which other files have"
              .formatted(table.name(), reading.files().getFirst().name(), column.name()),
          "correct the file, or write a contract with on.missing_column: null");
    }
    return new Column(
        column.name(), column.type(), "CAST(NULL AS " + column.type().sql() + ")", List.of());
  }
}
