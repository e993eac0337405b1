package io.headgate.stores.postgres;

import io.headgate.stores.Sql;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;

/** A schema of its own in the lab's database. */
public final class PostgresStore extends StoreUnderTest {
  public PostgresStore(Path project, String schema) {
    super(project, schema);
  }

  static PostgresStore fresh(Path project) {
    return new PostgresStore(project, "t_" + UUID.randomUUID().toString().substring(0, 8));
  }

  @Override
  public Optional<String> missing() {
    return Lab.postgres().isPresent() ? Optional.empty() : Optional.of(Lab.MISSING);
  }

  String schema() {
    return schema;
  }

  @Override
  public TestContext context(String runId) {
    return TestContext.of(project, runId, "step")
        .with(new FileJournal(project.resolve(".headgate")))
        .at(Lab.postgres().orElseThrow(), schema);
  }

  @Override
  public String published(String table) {
    return Sql.path(schema, table);
  }

  @Override
  public Connection reader() throws SQLException {
    return PostgresServer.of(Lab.postgres().orElseThrow(), project).open("reader");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = reader();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public boolean nothingThere(SQLException error) {
    return "42P01".equals(error.getSQLState());
  }

  @Override
  public void clean() throws SQLException {
    execute(
        "DROP SCHEMA IF EXISTS %s, %s, %s CASCADE"
            .formatted(
                Sql.identifier(schema),
                Sql.identifier(schema + "__shop"),
                Sql.identifier(schema + "__shop__kept")));
  }
}
