package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectTest {
  private static final String SECRET = "s3cr3t-hunter2";

  @TempDir Path root;

  private TestProject withConnection(String connection) {
    return TestProject.in(root)
        .with(
            "headgate.yaml",
            "version: 1\nconnections:\n  main: "
                + connection
                + "\n"
                + "targets: {dev: {warehouses: {main: {connection: main}}}}\n");
  }

  @Test
  void isFoundFromAFolderBelow() {
    TestProject.in(root);
    Project project = Project.load(root.resolve("pipelines/demo/contracts")).orThrow();
    assertThat(project.directory()).isEqualTo(root);
    assertThat(project.pipelines()).containsExactly("demo");
    assertThat(project.stateDirectory()).isEqualTo(root.resolve(".headgate"));
  }

  @Test
  void failsWithARemedyWhereThereIsNone() {
    assertThatThrownBy(() -> Project.load(root))
        .isInstanceOfSatisfying(
            TaskFailure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
              assertThat(failure.remedy()).contains("headgate init");
            });
  }

  @Test
  void findsAPipelineByNameOrPath() {
    Project project = TestProject.in(root).load();
    Path folder = root.resolve("pipelines/demo");
    assertThat(project.pipelineDirectory("demo", root)).isEqualTo(folder);
    assertThat(project.pipelineDirectory("pipelines/demo/", root)).isEqualTo(folder);
    assertThat(project.pipelineDirectory("pipelines/demo/pipeline.yaml", root)).isEqualTo(folder);
    assertThat(project.pipelineDirectory(".", folder)).isEqualTo(folder);
    assertThatThrownBy(() -> project.pipelineDirectory("pipelines/dmeo", root))
        .hasMessageContaining("no pipeline \"pipelines/dmeo\"")
        .extracting(e -> ((TaskFailure) e).remedy())
        .isEqualTo("did you mean \"demo\"?");
  }

  @Test
  void resolvesTargetsAndProtectsProd() {
    Project project = TestProject.in(root).load();
    assertThat(project.target(Optional.empty()).name()).isEqualTo("dev");
    assertThat(project.target(Optional.empty()).isProtected()).isFalse();
    assertThat(project.target(Optional.of("prod")).isProtected()).isTrue();
    assertThat(project.target(Optional.empty()).landing())
        .isEqualTo(new StoragePlace.Folder(root.resolve(".headgate/landing")));
    Connections connections = project.connections(new Redactor());
    assertThat(project.target(Optional.empty()).warehouse("main", "demo", connections).schema())
        .isEqualTo("demo");
    assertThat(project.target(Optional.of("prod")).warehouse("main", "demo", connections).schema())
        .isEqualTo("ana");
    assertThatThrownBy(() -> project.target(Optional.of("pord")))
        .extracting(e -> ((TaskFailure) e).line())
        .isEqualTo("headgate.yaml has no target \"pord\" → did you mean \"prod\"?");
  }

  @Test
  void refusesSecretsThatStandInTheFileWithoutShowingThem() {
    for (String key :
        new String[] {
          "password", "token", "secret", "secret_access_key", "access_key", "api_key", "db_password"
        }) {
      TestProject project = withConnection("{kind: jdbc, url: x, " + key + ": " + SECRET + "}");
      assertThat(project.problems())
          .singleElement()
          .asString()
          .startsWith("headgate.yaml:3:")
          .contains("connections.main." + key + ": a secret must not stand in the file")
          .doesNotContain(SECRET);
    }
    assertThat(withConnection("{kind: jdbc, url: 'pg://u:" + SECRET + "@h/d'}").problems())
        .singleElement()
        .asString()
        .contains("connections.main.url: a secret must not stand in the file")
        .doesNotContain(SECRET);
  }

  @Test
  void refusesReferencesThatCannotBeRead() {
    assertThat(withConnection("{kind: jdbc, url: x, password: '${param:x}'}").problems())
        .containsExactly(
            "headgate.yaml:3:40   connections.main.password: only ${env:NAME} and ${file:PATH} may"
                + " stand here");
    assertThat(withConnection("{kind: jdbc, url: x, password: '${env:A B}'}").problems())
        .hasSize(1);
    assertThat(withConnection("{kind: jdbc, url: x, password: '${env:A'}").problems()).hasSize(1);
  }

  @Test
  void namesWhatTargetsReferTo() {
    TestProject project =
        TestProject.in(root)
            .with(
                "headgate.yaml",
                """
                version: 1
                connections: {main: {kind: duckdb, path: x}, "x\\"; drop table y; --": {kind: duckdb, path: x}}
                targets:
                  dev: {warehouses: {main: {connection: mian, schema: "a b"}}}
                default_target: dve
                """);
    assertThat(project.problems())
        .containsExactly(
            "headgate.yaml:2:46   connections.x\"; drop table y; --: \"x\"; drop table y; --\" is"
                + " not a name; use a-z, 0-9 and _, beginning with a letter, 63 at most",
            "headgate.yaml:4:41   targets.dev.warehouses.main.connection: no connection \"mian\";"
                + " did you mean \"main\"?",
            "headgate.yaml:4:55   targets.dev.warehouses.main.schema: \"a b\" is not a schema; use"
                + " letters, 0-9 and _",
            "headgate.yaml:5:17   default_target: no target \"dve\"; did you mean \"dev\"?");
  }

  @Test
  void refusesASchemaOfTwoTargetsWhereTheLeaseLiesWithTheTarget() {
    String config =
        """
        version: 1
        connections: {lake: {kind: %s, host: h, user: u}}
        targets:
          dev: {warehouses: {main: {connection: lake, schema: dev}}}
          ci: {warehouses: {main: {connection: lake, schema: shop}}}
          prod: {warehouses: {main: {connection: lake, schema: shop}}}
        """;
    for (String kind : List.of("trino, catalog: c", "clickhouse")) {
      assertThat(TestProject.in(root).with("headgate.yaml", config.formatted(kind)).problems())
          .containsExactly(
              "headgate.yaml:6:23   targets.prod.warehouses.main: the same schema in lake as"
                  + " ci.warehouses.main: neither would wait for the other; give each a schema of"
                  + " its own");
    }
    assertThat(
            TestProject.in(root)
                .with("headgate.yaml", config.formatted("postgres, database: d"))
                .problems())
        .isEmpty();
  }

  @Test
  void readsSecretsOnlyWhenAConnectionIsResolvedAndThenMasksThem() {
    Redactor redactor = new Redactor();
    TestProject.in(root).with("secret.txt", SECRET + "\n");
    Secrets secrets =
        new Secrets(
            root,
            name -> name.equals("DB_USER") ? Optional.of("alice-in-env") : Optional.empty(),
            redactor);
    ConnectionFile file =
        new ConnectionFile(
            "pg",
            Map.of(
                "password", "${file:secret.txt}", "user", "${env:DB_USER}", "dsn", "u/${env:NO}"));
    Connections connections = new Connections(Map.of("bad", file, "good", without(file)), secrets);

    Connection connection = connections.resolve("good");
    assertThat(connection.properties())
        .containsEntry("password", SECRET)
        .containsEntry("user", "alice-in-env");
    assertThat(connection.secretKeys()).containsExactly("password");
    assertThat(redactor.redact(SECRET + " alice-in-env")).isEqualTo("*** alice-in-env");
    assertThatThrownBy(() -> connections.resolve("bad"))
        .hasMessage("connections.bad.dsn: ${env:NO} is not set");
    assertThatThrownBy(() -> connections.resolve("god"))
        .extracting(e -> ((TaskFailure) e).remedy())
        .isEqualTo("did you mean \"good\"?");
  }

  private static ConnectionFile without(ConnectionFile file) {
    Map<String, String> properties = new java.util.HashMap<>(file.properties());
    properties.remove("dsn");
    return new ConnectionFile(file.kind(), properties);
  }
}
