package io.headgate.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.headgate.api.json.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final String PROJECT =
      """
      version: 1
      connections:
        lake:
          kind: postgres
          host: db
          database: lake
          user: ${env:LAKE_USER}
          password: ${env:LAKE_PASSWORD}
          ca: ${file:/run/secrets/ca.pem}
        files: {kind: s3, access_key: "${env:S3_KEY}", secret_key: "${env:S3_SECRET}"}
        crm: {kind: http, url: "https://crm", token: "${env:CRM_TOKEN}"}
        main: {kind: duckdb, path: main.duckdb}
      targets:
        dev: {warehouses: {main: {connection: main}}}
        prod:
          warehouses: {main: {connection: lake, schema: ana}}
          storage: files
          landing: s3://landing/demo
          state: s3://state/demo
          pods:
            namespace: data
            secret: shop
            secrets: {LAKE_PASSWORD: {secret: warehouse, key: password}}
            env: {LAKE_USER: loader}
            profiles: {large: {node_selector: {size: xl}}}
      """;

  private static final String PIPELINE =
      """
      version: 1
      name: demo
      tags: [vendor]
      max_active_runs: 3
      schedule: {cron: daily, start: 2026-01-01, catch_up: true, covers: everything}
      params:
        source: {type: path, default: data, description: Where the files are.}
        parallel: {type: int, default: "4", min: 1, max: 8}
        share: {type: number, required: false}
        mode: {type: enum, choices: [fast, sure], default: sure}
        day: {type: date, required: false}
        token: {secret: true, default: "${env:VENDOR_TOKEN}"}
      steps:
        load:
          kind: copy
          from: ${param:source}
          token: ${param:token}
          tables: {movies: {files: m.csv}}
          resources: {cpu: 500m, memory: 900Mi, spill: 10Gi}
          retries: 3
          timeout: 10m
          pool: warehouse
        ok: {kind: judge, needs: load, timeout: 5m, resources: {cpu: 1, memory: 1Gi}}
        end: {kind: judge, needs: ok, profile: large}
      fuse: [[load, ok]]
      alerts: {deadline: 2h}
      """;

  @TempDir Path root;

  private Map<String, Object> manifest() {
    String text =
        TestProject.in(root)
            .with("headgate.yaml", PROJECT)
            .with("pipelines/demo/pipeline.yaml", PIPELINE)
            .with("pipelines/demo/README.md", "# Demo\r\n")
            .compile()
            .manifest();
    return Json.object(Json.parse(text));
  }

  private static Map<String, Object> child(Object parent, String key) {
    return Json.object(Json.object(parent).get(key));
  }

  private static Object item(Map<String, Object> parent, String key, int index) {
    return requireNonNull(((List<?>) requireNonNull(parent.get(key))).get(index));
  }

  @Test
  void tellsWhenItRuns() {
    Map<String, Object> manifest = manifest();
    assertThat(child(manifest, "schedule"))
        .containsExactly(
            entry("cron", "0 0 * * *"),
            entry("after", List.of()),
            entry("start", "2026-01-01"),
            entry("catch_up", true),
            entry("covers", "everything"));
    assertThat(manifest)
        .containsEntry("max_active_runs", 3L)
        .containsEntry("tags", List.of("vendor"))
        .containsEntry("docs", "# Demo\n");
    assertThat(child(manifest, "alerts")).containsEntry("deadline_seconds", 7200L);
  }

  @Test
  void givesFormsTheirFieldsAndLeavesSecretsOut() {
    Map<String, Object> params = child(manifest(), "params");
    assertThat(params.keySet()).containsExactly("source", "parallel", "share", "mode", "day");
    assertThat(child(params, "parallel"))
        .containsEntry("default", 4L)
        .containsEntry(
            "schema", Map.of("type", "integer", "minimum", 1L, "maximum", 8L, "title", "parallel"));
    assertThat(child(params, "share")).containsEntry("default", null);
    assertThat(child(child(params, "share"), "schema"))
        .containsEntry("type", List.of("null", "number"));
    assertThat(child(child(params, "mode"), "schema"))
        .containsEntry("enum", List.of("fast", "sure"));
    assertThat(child(child(params, "day"), "schema")).containsEntry("format", "date");
    assertThat(child(child(params, "source"), "schema"))
        .containsEntry("description", "Where the files are.");
  }

  @Test
  void saysWhereEachSecretOfAStepComesFromByTarget() {
    Map<String, Object> load = Json.object(item(manifest(), "steps", 0));
    assertThat(child(child(load, "secrets"), "prod"))
        .containsEntry(
            "env",
            List.of(
                secret("LAKE_PASSWORD", "warehouse", "password"),
                secret("S3_KEY", "shop", "S3_KEY"),
                secret("S3_SECRET", "shop", "S3_SECRET"),
                secret("VENDOR_TOKEN", "shop", "VENDOR_TOKEN")))
        .containsEntry(
            "files",
            List.of(Map.of("path", "/run/secrets/ca.pem", "secret", "shop", "key", "ca.pem")));
    assertThat(child(child(load, "secrets"), "dev"))
        .containsEntry("env", List.of(secret("VENDOR_TOKEN", "headgate", "VENDOR_TOKEN")));
  }

  private static Map<String, Object> secret(String name, String secret, String key) {
    return Map.of("name", name, "secret", secret, "key", key);
  }

  @Test
  void aGroupAsksForTheMostOfItsSteps() {
    Map<String, Object> group = Json.object(item(manifest(), "groups", 0));
    assertThat(group)
        .containsEntry("name", "load__ok")
        .containsEntry("steps", List.of("load", "ok"))
        .containsEntry("needs", List.of())
        .containsEntry("timeout_seconds", 900L)
        .containsEntry("resources", Map.of("cpu", "1", "memory", "1Gi", "spill", "10Gi"))
        .containsEntry("pool", "warehouse");
    assertThat(child(group, "retries")).containsEntry("max", 3L);
  }

  @Test
  void saysWherePodsCannotRun() {
    Map<String, Object> targets = child(manifest(), "targets");
    assertThat(child(targets, "dev")).containsEntry("not_for_pods", "its warehouse is a file");
    assertThat(child(targets, "prod"))
        .containsEntry("not_for_pods", null)
        .containsEntry("schema", "ana")
        .containsEntry("state", "s3://state/demo")
        .containsEntry("protected", true);
    assertThat(child(child(targets, "prod"), "pods")).containsEntry("namespace", "data");
  }

  @Test
  void itsHashIsThatOfItsOwnContent() throws Exception {
    Map<String, Object> manifest = manifest();
    Object hash = manifest.remove("hash");
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(Json.write(manifest).getBytes(StandardCharsets.UTF_8));
    assertThat(hash).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void isKnownToBeOutOfDateWhenAnyFileOfItDiffers() throws Exception {
    CompiledPipeline compiled = TestProject.in(root).compile();
    Path place = root.resolve("out");
    assertThat(compiled.upToDate(place)).isFalse();
    compiled.writeTo(place);
    assertThat(compiled.upToDate(place)).isTrue();
    Path more = place.resolve("demo/steps/more.json");
    Files.writeString(more, "{}");
    assertThat(compiled.upToDate(place)).isFalse();
    Files.delete(more);
    Files.writeString(place.resolve("demo/steps/ok.json"), "{}");
    assertThat(compiled.upToDate(place)).isFalse();
  }

  @Test
  void refusesWhatOnlyADeploymentWouldFind() {
    String wrong =
        PIPELINE
            .replace("profile: large", "profile: lagre")
            .replace("share: {type: number, required: false}", "share: {type: number}")
            .replace("min: 1, max: 8", "min: 9, max: 8")
            .replace("{cron: daily, start: 2026-01-01,", "{after: [dmeo],")
            .replace("catch_up: true, ", "")
            .replace("needs: load, timeout", "needs: load, pool: other, timeout");
    assertThat(
            TestProject.in(root)
                .with("headgate.yaml", PROJECT)
                .with("pipelines/demo/pipeline.yaml", wrong)
                .problems())
        .extracting(line -> line.replaceFirst("^[^ ]* +", ""))
        .containsExactlyInAnyOrder(
            "schedule.after[0]: no pipeline \"dmeo\"; did you mean \"demo\"?",
            "params.parallel.min: is more than max; turn them round",
            "params.parallel.default: 4 is less than 9",
            "params.share: a scheduled run has nobody to give it;"
                + " add a default, or required: false",
            "steps.end.profile: no target in headgate.yaml has a profile \"lagre\";"
                + " did you mean \"large\"?",
            "fuse[0]: the steps name more than one pool: other, warehouse; name one");
    assertThat(
            TestProject.in(root)
                .with("headgate.yaml", PROJECT.replace("LAKE_USER: loader", "LAKE_PASSWORD: x"))
                .problems())
        .singleElement()
        .asString()
        .contains("a secret must not stand in the file");
  }

  @Test
  void comparesAmountsByWhatTheyStandFor() {
    assertThat(Quantity.amount("1Gi")).isGreaterThan(Quantity.amount("1G"));
    assertThat(Quantity.amount("1500m")).isEqualByComparingTo(new BigDecimal("1.5"));
    assertThat(Quantity.amount("2")).isEqualByComparingTo(new BigDecimal("2"));
  }
}
