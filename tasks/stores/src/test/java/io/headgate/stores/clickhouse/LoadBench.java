package io.headgate.stores.clickhouse;

import io.headgate.stores.ColumnType;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.Workspace;
import io.headgate.stores.WrittenTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.duckdb.DuckDBDriver;

/** One load of a landed file, as a process of its own, for {@code bench/clickhouse}. */
final class LoadBench {
  private LoadBench() {}

  /** Arguments: a folder for state, a schema, the Parquet file. */
  public static void main(String[] arguments) throws Exception {
    Path project = Path.of(arguments[0]);
    Path file = Path.of(arguments[2]);
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    long rows;
    try (Connection duck = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement statement = duck.createStatement()) {
      String from = " FROM " + Sql.literal(file.toString());
      try (ResultSet described = statement.executeQuery("DESCRIBE SELECT *" + from)) {
        while (described.next()) {
          columns.put(described.getString(1), ColumnType.parse(described.getString(2)));
        }
      }
      try (ResultSet count = statement.executeQuery("SELECT count(*)" + from)) {
        count.next();
        rows = count.getLong(1);
      }
    }
    LandedTable landed =
        new LandedTable(
            "orders",
            "bench",
            LoadMode.REPLACE,
            columns,
            Set.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            new LandedTable.Parquet(List.of(file), Optional.empty()),
            rows);
    try (Workspace workspace =
            Workspace.enter(new ClickHouseStore(project, arguments[1]).context("bench"));
        Session session = workspace.session()) {
      WrittenTable written = session.write(landed, session.shape("orders"));
      long held = written.held();
      session.commit();
      if (held != rows || written.held() != rows) {
        throw new IllegalStateException(held + " of " + rows + " rows arrived");
      }
    }
  }
}
