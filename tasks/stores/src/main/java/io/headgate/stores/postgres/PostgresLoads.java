package io.headgate.stores.postgres;

import io.headgate.api.TableRows;
import io.headgate.api.json.Json;
import io.headgate.stores.Loads;
import io.headgate.stores.journal.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Loads as rows of the private schema. */
final class PostgresLoads implements Loads {
  private final Link link;
  private final String table;

  PostgresLoads(Link link, PostgresPlace place) {
    this.link = link;
    this.table = place.inPrivate(OwnTables.LOADS);
  }

  @Override
  public Optional<Load> find(String name, String loadId) {
    try {
      return link.first(
          "SELECT step, run_id, loaded_at, account, inputs, read_to FROM "
              + table
              + " WHERE table_name = ? AND load_id = ?",
          PostgresLoads::load,
          name,
          loadId);
    } catch (SQLException e) {
      throw link.failure("look up load " + loadId + " of " + name, e);
    }
  }

  private static Load load(ResultSet row) throws SQLException {
    return new Load(
        row.getString(1),
        row.getString(2),
        Link.instant(row, 3).orElse(Instant.EPOCH),
        Records.tableRows(Json.object(Json.parse(row.getString(4)))),
        List.of((String[]) row.getArray(5).getArray()),
        Link.text(row, 6));
  }

  @Override
  public boolean holds(String name, String input) {
    try {
      return link.number(
              "SELECT count(*) FROM " + table + " WHERE table_name = ? AND ? = ANY (inputs)",
              name,
              input)
          > 0;
    } catch (SQLException e) {
      throw link.failure("look up inputs of " + name, e);
    }
  }

  @Override
  public Optional<String> cursor(String name) {
    try {
      return link.first(
          "SELECT read_to FROM "
              + table
              + " WHERE table_name = ? AND read_to IS NOT NULL ORDER BY loaded_at DESC LIMIT 1",
          row -> row.getString(1),
          name);
    } catch (SQLException e) {
      throw link.failure("look up how far " + name + " was read", e);
    }
  }

  @Override
  public void record(Load load) {
    TableRows account = load.rows();
    try {
      link.update(
          "DELETE FROM " + table + " WHERE table_name = ? AND load_id = ?",
          account.table(),
          account.loadId());
      link.update(
          "INSERT INTO "
              + table
              + " (table_name, load_id, mode, step, run_id, loaded_at, account, inputs, read_to)"
              + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          account.table(),
          account.loadId(),
          account.mode(),
          load.step(),
          load.runId(),
          load.at(),
          Json.write(account),
          load.inputs(),
          load.cursor());
    } catch (SQLException e) {
      throw link.failure("record load " + account.loadId(), e);
    }
  }

  @Override
  public void forget(String name) {
    try {
      link.update("DELETE FROM " + table + " WHERE table_name = ?", name);
    } catch (SQLException e) {
      throw link.failure("forget the loads of " + name, e);
    }
  }
}
