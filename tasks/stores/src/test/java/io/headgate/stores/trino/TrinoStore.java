package io.headgate.stores.trino;

import io.headgate.stores.Sql;
import io.headgate.stores.conformance.StoreUnderTest;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Schemas of one test in the lab's Trino. */
public final class TrinoStore extends StoreUnderTest {
  public TrinoStore(Path project, String schema) {
    super(project, schema);
  }

  static TrinoStore fresh(Path project) {
    String prefix = Lab.variable("TRINO_SCHEMA_PREFIX").orElse("headgate");
    return new TrinoStore(
        project, prefix + "_t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10));
  }

  private TrinoLab lab() {
    return TrinoLab.at(project, schema);
  }

  @Override
  public Optional<String> missing() {
    boolean there = Lab.trino().isPresent() && Lab.s3().isPresent();
    return there ? Optional.empty() : Optional.of(Lab.MISSING);
  }

  @Override
  public TestContext context(String runId) {
    return lab().context(runId);
  }

  @Override
  public String published(String table) {
    return Sql.path("lake", schema, table);
  }

  @Override
  public Connection reader() throws SQLException {
    return TrinoSettings.of(lab().connection(), project).open(schema);
  }

  @Override
  public boolean publishesTogether() {
    return false;
  }

  @Override
  public boolean nothingThere(SQLException error) {
    return TrinoFailures.missing(error);
  }

  @Override
  public void clean() throws SQLException {
    lab().close();
  }
}
