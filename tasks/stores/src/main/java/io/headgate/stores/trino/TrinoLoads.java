package io.headgate.stores.trino;

import io.headgate.api.json.Json;
import io.headgate.stores.Loads;
import io.headgate.stores.Sql;
import io.headgate.stores.journal.Records;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Loads as a log: each commit adds its rows by one insert, and forgetting is a row as well. Read
 * once while the section is held, for nobody else writes it.
 */
final class TrinoLoads implements Loads {
  /** One row of the log; without a load it only forgets. */
  private record Entry(String table, boolean forgets, Optional<Load> load) {}

  private final TrinoSession session;
  private final List<Entry> pending = new ArrayList<>();

  TrinoLoads(TrinoSession session) {
    this.session = session;
  }

  /** What the log comes to: the loads of all tables that were not forgotten, oldest first. */
  static final class Known {
    private final List<Load> loads = new ArrayList<>();
    private long sequence;

    /** Of which tables there are loads. */
    Set<String> tables() {
      return loads.stream().map(load -> load.rows().table()).collect(Collectors.toSet());
    }

    /** Of the loads themselves. */
    Set<String> ids() {
      return loads.stream().map(load -> load.rows().loadId()).collect(Collectors.toSet());
    }

    private void add(Entry entry) {
      if (entry.forgets()) {
        loads.removeIf(load -> load.rows().table().equals(entry.table()));
      }
      entry
          .load()
          .ifPresent(
              load -> {
                loads.removeIf(other -> same(other, load));
                loads.add(load);
              });
    }

    private static boolean same(Load one, Load other) {
      return one.rows().table().equals(other.rows().table())
          && one.rows().loadId().equals(other.rows().loadId());
    }
  }

  static Known read(Trino trino, OwnTables own, String schema) throws SQLException {
    return read(trino, own, schema, Optional.empty());
  }

  /** The same as it was at a snapshot. */
  static Known read(Trino trino, OwnTables own, String schema, Optional<Long> snapshot)
      throws SQLException {
    Known known = new Known();
    try {
      trino
          .query(
              """
              SELECT sequence, table_name, forgets, step, run_id,
                to_iso8601(loaded_at), account, inputs, read_to
              FROM %s %s ORDER BY sequence
              """
                  .formatted(
                      own.name(schema, OwnTables.LOADS),
                      snapshot.map(id -> "FOR VERSION AS OF " + id).orElse("")),
              row -> {
                known.sequence = Math.max(known.sequence, row.getLong(1));
                String account = row.getString(7);
                Optional<Load> load =
                    account == null
                        ? Optional.empty()
                        : Optional.of(
                            new Load(
                                row.getString(4),
                                row.getString(5),
                                Instant.parse(row.getString(6)),
                                Records.tableRows(Json.object(Json.parse(account))),
                                texts(row.getArray(8)),
                                Optional.ofNullable(row.getString(9))));
                return new Entry(row.getString(2), row.getBoolean(3), load);
              })
          .forEach(known::add);
    } catch (SQLException e) {
      if (!TrinoFailures.missing(e)) {
        throw e;
      }
    }
    return known;
  }

  private static List<String> texts(Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (Object item : (Object[]) array.getArray()) {
      texts.add(String.valueOf(item));
    }
    return texts;
  }

  private List<Load> loads() {
    Known known = new Known();
    known.loads.addAll(session.known().loads);
    pending.forEach(known::add);
    return known.loads;
  }

  @Override
  public Optional<Load> find(String table, String loadId) {
    return loads().stream()
        .filter(load -> load.rows().table().equals(table) && load.rows().loadId().equals(loadId))
        .findFirst();
  }

  @Override
  public boolean holds(String table, String input) {
    return loads().stream()
        .anyMatch(load -> load.rows().table().equals(table) && load.inputs().contains(input));
  }

  @Override
  public Optional<String> cursor(String table) {
    return loads().reversed().stream()
        .filter(load -> load.rows().table().equals(table) && load.cursor().isPresent())
        .findFirst()
        .flatMap(Load::cursor);
  }

  @Override
  public void record(Load load) {
    pending.add(new Entry(load.rows().table(), false, Optional.of(load)));
  }

  @Override
  public void forget(String table) {
    pending.add(new Entry(table, true, Optional.empty()));
  }

  boolean empty() {
    return pending.isEmpty();
  }

  void clear() {
    pending.clear();
  }

  /** Adds all rows under the token, by one commit. */
  void insert(Trino trino, OwnTables own, String schema, String token) throws SQLException {
    Known known = session.known();
    List<String> values = new ArrayList<>();
    for (Entry entry : pending) {
      values.add(row(entry, known.sequence + values.size() + 1, token));
    }
    trino.run(
        "INSERT INTO %s VALUES %s"
            .formatted(own.name(schema, OwnTables.LOADS), String.join(", ", values)));
    known.sequence += values.size();
    pending.forEach(known::add);
    pending.clear();
  }

  private static String row(Entry entry, long sequence, String token) {
    String head =
        "(%d, %s, %s, %s, "
            .formatted(
                sequence, Sql.literal(token), entry.forgets(), OwnTables.literal(entry.table()));
    if (entry.load().isEmpty()) {
      return head + "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)";
    }
    Load load = entry.load().get();
    return head
        + "%s, %s, %s, %s, %s, %s, CAST(%s AS array(varchar)), %s)"
            .formatted(
                OwnTables.literal(load.rows().loadId()),
                OwnTables.literal(load.rows().mode()),
                OwnTables.literal(load.step()),
                OwnTables.literal(load.runId()),
                OwnTables.literal(load.at()),
                OwnTables.literal(Json.write(load.rows())),
                load.inputs().stream()
                    .map(Sql::literal)
                    .collect(Collectors.joining(", ", "ARRAY[", "]")),
                OwnTables.literal(load.cursor()));
  }

  /** Whether the rows of that token are there. */
  static boolean committed(Trino trino, OwnTables own, String schema, String token)
      throws SQLException {
    try {
      return trino.number(
              "SELECT count(*) FROM %s WHERE token = %s"
                  .formatted(own.name(schema, OwnTables.LOADS), Sql.literal(token)))
          > 0;
    } catch (SQLException e) {
      if (TrinoFailures.missing(e)) {
        return false;
      }
      throw e;
    }
  }
}
