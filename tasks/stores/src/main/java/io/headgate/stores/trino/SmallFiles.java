package io.headgate.stores.trino;

import io.headgate.stores.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Headgate's own tables, of which each commit adds a file. */
final class SmallFiles {
  /** So many files of one table are as good as one. */
  static final int MANY = 20;

  private final TrinoPlace place;
  private final Trino trino;
  private final int many;
  private final TrinoTables tables;

  SmallFiles(TrinoPlace place, Trino trino, int many) {
    this.place = place;
    this.trino = trino;
    this.many = many;
    this.tables = new TrinoTables(trino, place);
  }

  /** Tables with many files, and how many. */
  Map<String, Long> find() throws SQLException {
    List<String> names = new ArrayList<>();
    add(
        names,
        place.privately(),
        List.of(OwnTables.LOADS, OwnTables.QUALITY, OwnTables.QUARANTINE));
    add(names, place.readers(), List.of(OwnTables.LOG, OwnTables.QUALITY));
    Map<String, Long> found = new TreeMap<>();
    if (names.isEmpty()) {
      return found;
    }
    trino
        .query(
            String.join(" UNION ALL ", names), row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    found.values().removeIf(files -> files <= many);
    return found;
  }

  private void add(List<String> queries, String schema, List<String> wanted) throws SQLException {
    queries.addAll(
        tables.list(schema).keySet().stream()
            .filter(wanted::contains)
            .map(
                name ->
                    "SELECT %s, count(*) FROM %s"
                        .formatted(
                            Sql.literal(tables.name(schema, name)),
                            tables.name(schema, name + "$files")))
            .collect(Collectors.toList()));
  }

  /** Puts the rows of a table together. */
  void join(String table) throws SQLException {
    trino.run("ALTER TABLE " + table + " EXECUTE optimize");
  }
}
