package io.headgate.stores.postgres;

import static io.headgate.stores.postgres.PostgresPublishTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.stores.Loan;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Landing;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything with exactly the role that docs/stores/postgres.md describes. */
class PostgresRightsTest {
  private static final String PASSWORD = "heron-4471-test";

  @TempDir private Path project;

  @Test
  void theDocumentedRoleSufficesForThePipelineAndItsReaders() throws Exception {
    assumeTrue(Lab.postgres().isPresent(), Lab.MISSING);
    PostgresStore store = PostgresStore.fresh(project);
    String role = "t_role_" + UUID.randomUUID().toString().substring(0, 8);
    String readers = role + "_readers";
    String schema = store.schema();
    store.execute(
        """
        CREATE ROLE %1$s LOGIN PASSWORD '%5$s';
        CREATE ROLE %2$s LOGIN PASSWORD '%5$s';
        GRANT CONNECT, TEMPORARY ON DATABASE %3$s TO %1$s;
        GRANT CONNECT ON DATABASE %3$s TO %2$s;
        CREATE SCHEMA %4$s AUTHORIZATION %1$s;
        CREATE SCHEMA %4$s__shop AUTHORIZATION %1$s;
        CREATE SCHEMA %4$s__shop__kept AUTHORIZATION %1$s;
        GRANT USAGE ON SCHEMA %4$s TO %2$s;
        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s IN SCHEMA %4$s GRANT SELECT ON TABLES TO %2$s;
        """
            .formatted(role, readers, database(), schema, PASSWORD));
    try {
      for (String run : List.of("r1", "r2")) {
        TestContext context = store.context(run).at(as(role), schema);
        try (RunHold hold = Workspace.hold(run);
            Workspace workspace = Workspace.enter(context)) {
          write(
              workspace,
              Landing.of(project, "a", "SELECT 1 AS i, '" + run + "' AS t").key("i").required("i"));
          write(
              workspace,
              Landing.of(project, "a", "SELECT 2 AS i, '" + run + "' AS t")
                  .merge("i")
                  .required("i"));
          try (Session session = workspace.session()) {
            session.quality().quarantine(run, "ok", "c", "a", Instant.now(), "SELECT 1 AS i");
            session.commit();
          }
          try (Loan loan = workspace.lend()) {
            assertThat(loan.dbtOutput().toString() + loan.sqlalchemyUrl())
                .doesNotContain(PASSWORD)
                .contains(schema + "__shop");
            assertThat(loan.environment().values()).containsOnly(PASSWORD);
          }
          workspace.publications().publish(List.of("a"));
        }
      }
      TestContext person = store.context("person").at(as(role), schema);
      try (RunHold hold = Workspace.hold("person");
          Workspace workspace = Workspace.enter(person)) {
        workspace.publications().rollback("r2");
      }
      try (var reader = PostgresServer.of(as(readers), project).open("reader")) {
        assertThat(
                PostgresStore.rows(reader, "SELECT * FROM " + store.published("a") + " ORDER BY 1"))
            .containsExactly("1|r1", "2|r1");
        try (Statement statement = reader.createStatement()) {
          assertThat(
                  org.assertj.core.api.Assertions.catchThrowable(
                      () -> statement.execute("SELECT * FROM \"%s__shop\".a".formatted(schema))))
              .hasMessageContaining("permission denied");
        }
      }
    } finally {
      store.clean();
      store.execute(
          "REVOKE ALL ON DATABASE %3$s FROM %1$s, %2$s; DROP OWNED BY %1$s, %2$s; DROP ROLE %1$s, %2$s"
              .formatted(role, readers, database()));
    }
  }

  private static String database() {
    return Lab.variable("POSTGRES_DATABASE").orElseThrow();
  }

  private static Connection as(String role) {
    Map<String, String> properties = new HashMap<>(Lab.postgres().orElseThrow().properties());
    properties.put("user", role);
    properties.put("password", PASSWORD);
    return new Connection("lab", "postgres", properties, Set.of("password"));
  }
}
