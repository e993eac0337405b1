package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.WorkPlace.WORK;

import io.headgate.api.TableRows;
import io.headgate.api.json.Json;
import io.headgate.stores.Loads;
import io.headgate.stores.journal.Records;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads as rows of the work file. */
final class DuckDbLoads implements Loads {
  private static final String TABLE = OwnTables.name(WORK, "loads");

  private final Connection connection;

  DuckDbLoads(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Optional<Load> find(String table, String loadId) {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT step, run_id, loaded_at, account, inputs, read_to FROM "
                + TABLE
                + " WHERE table_name = ? AND load_id = ?")) {
      select.setString(1, table);
      select.setString(2, loadId);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        TableRows account = Records.tableRows(Json.object(Json.parse(rows.getString(4))));
        return Optional.of(
            new Load(
                rows.getString(1),
                rows.getString(2),
                PublishedFile.instant(rows, 3).orElse(Instant.EPOCH),
                account,
                texts(rows.getArray(5)),
                Optional.ofNullable(rows.getString(6))));
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("look up load " + loadId + " of " + table, e);
    }
  }

  @Override
  public boolean holds(String table, String input) {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM "
                + TABLE
                + " WHERE table_name = ? AND list_contains(inputs, ?) LIMIT 1")) {
      select.setString(1, table);
      select.setString(2, input);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("look up inputs of " + table, e);
    }
  }

  @Override
  public Optional<String> cursor(String table) {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT read_to FROM "
                + TABLE
                + " WHERE table_name = ? AND read_to IS NOT NULL ORDER BY loaded_at DESC LIMIT"
                + " 1")) {
      select.setString(1, table);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    } catch (SQLException e) {
      throw DuckDbFailures.of("look up how far " + table + " was read", e);
    }
  }

  @Override
  public void record(Load load) {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM " + TABLE + " WHERE table_name = ? AND load_id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO "
                    + TABLE
                    + " (table_name, load_id, mode, step, run_id, loaded_at, account, inputs,"
                    + " read_to) VALUES (?, ?, ?, ?, ?, ?, ?, from_json(?, '[\"VARCHAR\"]'), ?)")) {
      TableRows account = load.rows();
      delete.setString(1, account.table());
      delete.setString(2, account.loadId());
      delete.executeUpdate();
      insert.setString(1, account.table());
      insert.setString(2, account.loadId());
      insert.setString(3, account.mode());
      insert.setString(4, load.step());
      insert.setString(5, load.runId());
      insert.setObject(6, PublishedFile.timestamp(load.at()));
      insert.setString(7, Json.write(account));
      insert.setString(8, Json.write(load.inputs()));
      insert.setString(9, load.cursor().orElse(null));
      insert.executeUpdate();
    } catch (SQLException e) {
      throw DuckDbFailures.of("record load " + load.rows().loadId(), e);
    }
  }

  @Override
  public void forget(String table) {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM " + TABLE + " WHERE table_name = ?")) {
      delete.setString(1, table);
      delete.executeUpdate();
    } catch (SQLException e) {
      throw DuckDbFailures.of("forget the loads of " + table, e);
    }
  }

  private static List<String> texts(Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (Object item : (Object[]) array.getArray()) {
      texts.add(String.valueOf(item));
    }
    return texts;
  }
}
