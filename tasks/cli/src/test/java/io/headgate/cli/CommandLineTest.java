package io.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.json.Json;
import io.headgate.model.Redactor;
import io.headgate.stores.Workspace;
import io.headgate.stores.journal.FileJournal;
import io.headgate.testing.TestContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;
  private Path here = Path.of("");

  @BeforeEach
  void beginHere() {
    here = folder;
  }

  @Test
  void aNewProjectIsValidAndRuns() {
    assertThat(headgate("init", "shop")).isZero();
    here = folder.resolve("shop");
    assertThat(headgate("validate")).isZero();
    out.reset();

    int code = headgate("run", "--json");

    assertThat(code).as("%s", err).isZero();
    Map<String, Object> json = Json.object(Json.parse(text(out)));
    assertThat(json).containsEntry("outcome", "done").containsEntry("exit_code", 0L);
    assertThat(json.get("verdicts")).isEqualTo(Map.of("checks", "passed"));
    assertThat(String.valueOf(json.get("steps"))).contains("read=6, written=6, rejected=0");
    assertThat(here.resolve(String.valueOf(json.get("page")))).content().contains("shop");
    assertThat(here.resolve(".headgate/.gitignore")).hasContent("*");
    assertThat(text(err)).contains("✓ load").contains("✓ publish");
  }

  @Test
  void aProjectForAFileOfOnesOwnKeepsItsOddNames() throws Exception {
    Files.writeString(
        folder.resolve("My Orders.csv"),
        "Order Id,when,yes,\"a, b\"\n1,2026-01-01,3.5,\n2,2026-01-02,4.0,x\n");
    assertThat(headgate("init", "mine", "--from", "My Orders.csv")).as("%s", err).isZero();
    here = folder.resolve("mine");

    assertThat(here.resolve("pipelines/mine/contracts/my_orders.yaml"))
        .content()
        .contains("\"Order Id\": {type: bigint, nullable: false}")
        .contains("\"yes\": {type: double, nullable: false}")
        .contains("\"a, b\": text");
    assertThat(headgate("run", "mine")).as("%s%s", out, err).isZero();
  }

  @Test
  void initOverwritesNothing() throws Exception {
    Files.createDirectories(folder.resolve("shop"));
    Files.writeString(folder.resolve("shop/headgate.yaml"), "mine");

    assertThat(headgate("init", "shop")).isEqualTo(64);
    assertThat(folder.resolve("shop/headgate.yaml")).hasContent("mine");
    assertThat(folder.resolve("shop/pipelines")).doesNotExist();
  }

  @Test
  void aRunTakesOverFromOneThatDiedBetweenTwoTasks() throws Exception {
    headgate("init", "shop");
    here = folder.resolve("shop");
    try (Workspace workspace = Workspace.enter(TestContext.of(here, "pods", "load"))) {
      workspace.session().close();
    }

    assertThat(headgate("run", "--take-over")).as("%s%s", out, err).isZero();

    assertThat(text(out)).contains("took over from run pods");
    assertThat(new FileJournal(here.resolve(".headgate")).audit("shop"))
        .extracting(AuditRecord::action, AuditRecord::runId)
        .containsExactly(tuple("take-over", "pods"));
  }

  @Test
  void aBrokenRowBlocksAndIsKeptForTheNextTry() throws Exception {
    headgate("init", "shop");
    here = folder.resolve("shop");
    Path orders = here.resolve("data/orders.csv");
    String good = Files.readString(orders);
    Files.writeString(orders, good + "1007,yesterday,eve@example.org,DE,1.00\n");

    assertThat(headgate("run", "shop")).isEqualTo(65);
    assertThat(text(out)).contains("– publish").contains("not run: needs checks");
    assertThat(headgate("dead-letters", "list")).as("%s", err).isZero();
    assertThat(text(out)).contains("shop/load  orders").contains("1 row");
    assertThat(text(out)).doesNotContain("eve@example.org");

    Files.writeString(orders, good);
    assertThat(headgate("run", "shop", "--resume")).as("%s%s", out, err).isZero();
    assertThat(headgate("run", "shop", "--resume")).isEqualTo(64);
  }

  @Test
  void namesThatLeaveTheProjectAreRefused() {
    headgate("init", "shop");
    here = folder.resolve("shop");
    for (String name :
        List.of("../../etc/passwd", "x\"; drop table y; --", "..", "/etc", "a\u001b[2J")) {
      assertThat(headgate("run", name)).as(name).isEqualTo(64);
      assertThat(headgate("run", "shop", "--resume", name)).as(name).isEqualTo(64);
      assertThat(headgate("run", "shop", "--only", name)).as(name).isEqualTo(64);
      assertThat(headgate("run", "shop", "--param", name + "=1")).as(name).isIn(64, 78);
      assertThat(headgate("run", "shop", "--target", name)).as(name).isEqualTo(64);
      assertThat(headgate("rollback", name)).as(name).isEqualTo(64);
      assertThat(headgate("gate", "accept", name, "--reason", "x", "--expires", "1d"))
          .as(name)
          .isEqualTo(64);
    }
    assertThat(text(err)).doesNotContain("\u001b");
    assertThat(text(err)).doesNotContain("Exception");
  }

  @Test
  void wrongUsageNamesTheNearestAndExits64() {
    assertThat(headgate("rnu")).isEqualTo(64);
    assertThat(text(err)).contains("did you mean");
    assertThat(headgate("run", "--taget", "dev")).isEqualTo(64);
    assertThat(text(err)).contains("--target");
    assertThat(headgate("gate", "accept", "7f3c")).isEqualTo(64);
  }

  @Test
  void everyCommandHasHelpWithExitCodes() {
    for (String command :
        List.of(
            "init",
            "run",
            "runs",
            "validate",
            "compile",
            "task",
            "contract",
            "dead-letters",
            "gate",
            "rollback",
            "clean",
            "schema",
            "reference",
            "demo-data",
            "completion")) {
      out.reset();
      assertThat(headgate(command, "--help")).as(command).isZero();
      assertThat(text(out)).as(command).contains("Usage: headgate " + command).contains("143");
    }
  }

  @Test
  void aStepOfAPipelineRunsAlone() throws Exception {
    headgate("init", "shop");
    here = folder.resolve("shop");
    headgate("run", "shop");

    assertThat(headgate("run", "shop", "--only", "checks", "--json")).as("%s", err).isZero();
    assertThat(headgate("compile", "--check")).isZero();
    Files.writeString(
        here.resolve("pipelines/shop/pipeline.yaml"),
        Files.readString(here.resolve("pipelines/shop/pipeline.yaml")).replace("min: 1", "min: 2"));
    assertThat(headgate("compile", "--check")).isEqualTo(78);
  }

  private int headgate(String... arguments) {
    Shell shell =
        new Shell(
            here,
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new Redactor(),
            Clock.systemUTC());
    return new CommandTree(shell).run(arguments);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
