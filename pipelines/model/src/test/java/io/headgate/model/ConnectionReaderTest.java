package io.headgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.StoragePlace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionReaderTest {
  @TempDir Path root;

  private List<String> problems(String connections, String target) {
    return TestProject.in(root)
        .with(
            "headgate.yaml",
            "version: 1\nconnections:\n  main: {kind: duckdb, path: x.duckdb}\n"
                + connections.indent(2)
                + "targets:\n  dev:\n    warehouses: {main: {connection: main}}\n"
                + target.indent(4))
        .problems();
  }

  @Test
  void refusesUnknownKeysWithTheNearestName() {
    assertThat(problems("s3: {kind: s3, end_point: 'http://minio:9000'}", ""))
        .containsExactly(
            "headgate.yaml:4:18   connections.s3.end_point: unknown; did you mean \"endpoint\"?");
  }

  @Test
  void refusesUnknownKindsAndMissingKeys() {
    assertThat(problems("a: {kind: postgre, host: h}\nb: {kind: postgres, host: h}", ""))
        .containsExactly(
            "headgate.yaml:4:13   connections.a.kind: no kind \"postgre\"; did you mean"
                + " \"postgres\"?",
            "headgate.yaml:5:6   connections.b.database: missing; write database: shop",
            "headgate.yaml:5:6   connections.b.user: missing; write user: pipeline");
  }

  @Test
  void takesReferencesWhereNumbersAreWantedAndRefusesOtherText() {
    assertThat(
            problems(
                "a: {kind: postgres, host: h, database: d, user: u, port: '${env:PG_PORT}'}\n"
                    + "b: {kind: postgres, host: h, database: d, user: u, port: high}",
                ""))
        .singleElement()
        .asString()
        .startsWith("headgate.yaml:5:")
        .contains("connections.b.port: expected");
  }

  @Test
  void refusesAnSslModeThatThereIsNot() {
    String keys = ": {kind: postgres, host: h, database: d, user: u, sslmode: ";
    assertThat(
            problems(
                "a" + keys + "perfer}\nb" + keys + "verify-ca}\nc" + keys + "'${env:MODE}'}", ""))
        .singleElement()
        .asString()
        .contains(
            "connections.a.sslmode: \"perfer\" is none of disable, allow, prefer, require,"
                + " verify-ca, verify-full");
  }

  @Test
  void refusesHalfACredential() {
    assertThat(problems("s3: {kind: s3, access_key: '${env:A}'}", ""))
        .containsExactly(
            "headgate.yaml:4:7   connections.s3: access_key and secret_key go together; write"
                + " both");
  }

  @Test
  void refusesAddressesWithoutAnObjectStore() {
    assertThat(problems("", "landing: s3://landing/shop"))
        .containsExactly(
            "headgate.yaml:7:14   targets.dev.landing: \"s3://landing/shop\" needs an object"
                + " store; add storage: with the name of a connection of kind s3");
    assertThat(problems("", "storage: main"))
        .containsExactly(
            "headgate.yaml:7:14   targets.dev.storage: connection main is of kind duckdb; name a"
                + " connection of kind s3");
    assertThat(problems("", "storage: s4"))
        .containsExactly(
            "headgate.yaml:7:14   targets.dev.storage: no connection \"s4\"; known: main");
    assertThat(problems("s3: {kind: s3}", "storage: s3\nstate: s3://B_/x\nlanding: gs://b"))
        .hasSize(2);
  }

  @Test
  void resolvesAddressesOfATarget() {
    assertThat(
            problems("s3: {kind: s3}", "storage: s3\nlanding: s3://landing/a/b/\nstate: s3://kept"))
        .isEmpty();
    Project.Target target = Project.load(root).orThrow().target(Optional.empty());
    assertThat(target.landing()).isEqualTo(new StoragePlace.Bucket("landing", "a/b", "s3"));
    assertThat(target.landing().resolve("shop").address()).isEqualTo("s3://landing/a/b/shop");
    assertThat(target.state().address()).isEqualTo("s3://kept");
  }
}
