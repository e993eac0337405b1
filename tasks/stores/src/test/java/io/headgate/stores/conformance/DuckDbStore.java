package io.headgate.stores.conformance;

import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** DuckDB files below the project. */
public final class DuckDbStore extends StoreUnderTest {
  public DuckDbStore(Path project, String schema) {
    super(project, schema);
  }

  @Override
  public TestContext context(String runId) {
    return TestContext.of(project, runId, "step")
        .with(new FileJournal(project.resolve(".headgate")));
  }

  @Override
  public String published(String table) {
    return "shop.\"" + table + '"';
  }

  @Override
  public Connection reader() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("duckdb.read_only", "true");
    return new DuckDBDriver()
        .connect("jdbc:duckdb:" + project.resolve("warehouse/dev.duckdb"), properties);
  }

  @Override
  public boolean nothingThere(SQLException error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("Could not set lock") || message.contains("does not exist");
  }
}
