package io.headgate.stores.duckdb;

import static io.headgate.stores.duckdb.PublishTest.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.conformance.Children;
import io.headgate.testing.TestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TroubleTest {
  @TempDir private Path project;

  @BeforeEach
  void waitNotLong() {
    System.setProperty("headgate.lease.wait", "1");
  }

  @AfterEach
  void waitAsUsual() {
    System.clearProperty("headgate.lease.wait");
  }

  @Test
  void aPublishedFileInOtherHandsIsTemporaryAndNamesThem() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
      workspace.publications().publish(List.of("a"));
      run(workspace, "INSERT INTO shop.a VALUES (2)");
      Process holder = Children.start(project, FileHolder.class, published().toString());
      try {
        Children.awaitLine(holder, "held");
        TaskFailure failure = failure(() -> workspace.publications().publish(List.of("a")));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).contains("process " + holder.pid()).contains("java");
      } finally {
        holder.destroyForcibly().waitFor();
      }
      assertThat(Reader.rows(published(), "FROM shop.a")).containsExactly("1");
      workspace.publications().publish(List.of("a"));
      assertThat(Reader.rows(published(), "FROM shop.a ORDER BY 1")).containsExactly("1", "2");
    }
  }

  @Test
  void aLeaseInAnotherProcessIsNamedAndFreeOnceThatIsKilled() throws Exception {
    Process holder = Children.start(project, LeaseHolder.class, project.toString(), "far");
    try {
      Children.awaitLine(holder, "entered");
      TaskFailure failure = failure(() -> Workspace.enter(Contexts.of(project, "near")).close());
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      assertThat(failure.line()).contains("run far").contains("process " + holder.pid());
      TaskFailure twin = failure(() -> Workspace.enter(Contexts.of(project, "far")).close());
      assertThat(twin.exitCode()).isEqualTo(ExitCode.TEMPORARY);
      TaskFailure alive = failure(() -> Workspace.takeOver(Contexts.of(project, "near")));
      assertThat(alive.exitCode()).isEqualTo(ExitCode.TEMPORARY);
    } finally {
      holder.destroyForcibly().waitFor();
    }
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "near"));
        Session session = workspace.session()) {
      assertThat(session.shape("far")).isEmpty();
    }
  }

  @Test
  void tasksOfARunTakeTurnsHoweverLongEachTakes() throws Exception {
    Process first = Children.start(project, TaskHolder.class, project.toString(), "run");
    Children.awaitLine(first, "entered");
    TaskFailure other = failure(() -> Workspace.enter(Contexts.of(project, "other")).close());
    assertThat(other.line()).contains("run run");
    Thread end =
        Thread.ofVirtual()
            .start(
                () -> {
                  LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
                  first.destroyForcibly();
                });
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "run"));
        Session session = workspace.session()) {
      assertThat(first.isAlive()).isFalse();
      assertThat(workspace.continued()).isTrue();
      assertThat(session.shape("far")).isPresent();
    } finally {
      first.destroyForcibly();
      end.join();
    }
  }

  @Test
  void aFullDiskIsTemporaryAndLeavesReadersTheOldState() throws Exception {
    Path small = Files.createDirectories(project.resolve("small"));
    assumeTrue(mount(small, "size=12m"), "SKIPPED: needs the right to mount a small tmpfs (root)");
    try {
      TestContext context = context("small/dev.duckdb", "r1");
      try (Workspace workspace = Workspace.enter(context)) {
        run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
        workspace.publications().publish(List.of("a"));
        run(
            workspace,
            "CREATE OR REPLACE TABLE shop.a AS SELECT hash(i) AS i FROM range(5000000) t(i)");
        TaskFailure failure = failure(() -> workspace.publications().publish(List.of("a")));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY);
        assertThat(failure.line()).contains("disk is full").contains("small/dev.duckdb");
        assertThat(Reader.rows(small.resolve("dev.duckdb"), "FROM shop.a")).containsExactly("1");
        assertThat(mount(small, "remount,size=64m")).isTrue();
        run(workspace, "CREATE OR REPLACE TABLE shop.a AS SELECT 3 AS i");
        workspace.publications().publish(List.of("a"));
        assertThat(Reader.rows(small.resolve("dev.duckdb"), "FROM shop.a")).containsExactly("3");
      }
    } finally {
      unmount(small);
    }
  }

  @Test
  void aReadOnlyTargetIsAFaultOfTheConfiguration() throws Exception {
    Path readOnly = Files.createDirectories(project.resolve("fixed"));
    assumeTrue(mount(readOnly, "ro"), "SKIPPED: needs the right to mount a tmpfs (root)");
    try (Workspace workspace = Workspace.enter(context("fixed/dev.duckdb", "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
      TaskFailure failure = failure(() -> workspace.publications().publish(List.of("a")));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
      assertThat(failure.line()).contains("fixed/dev.duckdb");
    } finally {
      unmount(readOnly);
    }
  }

  @Test
  void aDamagedPublishedFileIsNamedWithARemedy() throws Exception {
    Files.createDirectories(published().getParent());
    Files.writeString(published(), "no database".repeat(1000));
    try (Workspace workspace = Workspace.enter(context("warehouse/elsewhere.duckdb", "r0"))) {
      assertThat(workspace.describe()).isEqualTo("duckdb warehouse/elsewhere.duckdb");
    }
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
      TaskFailure failure = failure(() -> workspace.publications().publish(List.of("a")));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.FAULT);
      assertThat(failure.line()).contains("dev.duckdb").contains("damaged").contains("backup");
    }
  }

  @Test
  void refusesAWorkFileOfANewerHeadgate() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "INSERT INTO _headgate.migrations VALUES (99, current_timestamp)");
    }
    TaskFailure failure = failure(() -> Workspace.enter(Contexts.of(project, "r1")).close());
    assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(failure.line()).contains("newer Headgate").contains("99");
  }

  @Test
  @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void stoppingATaskCancelsItsQuery() throws Exception {
    TestContext context = Contexts.of(project, "r1");
    try (Workspace workspace = Workspace.enter(context);
        Session session = workspace.session()) {
      CountDownLatch ended = new CountDownLatch(1);
      Thread.startVirtualThread(
          () -> {
            try {
              while (!ended.await(100, TimeUnit.MILLISECONDS)) {
                context.stop(); // again, for a stop before the query has begun finds nothing
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      SQLException cancelled =
          catchThrowableOfType(
              SQLException.class,
              () ->
                  DuckDb.execute(
                      session.jdbc(),
                      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range,"
                          + " b.range) = 1"));
      ended.countDown();
      assertThat(DuckDbFailures.of("count", cancelled).exitCode()).isEqualTo(ExitCode.STOPPED);
    }
    assertThat(context.awaitingStop()).isZero();
  }

  @Test
  void refusesSettingsThatCannotBe() {
    for (Map<String, String> properties :
        List.of(
            Map.of("path", "a.duckdb", "threads", "many"),
            Map.of("path", "a.duckdb", "memory_limit", "1GB'; DROP TABLE x; --"),
            Map.of("threads", "2"))) {
      TaskFailure failure =
          failure(() -> Workspace.enter(Contexts.of(project, "r1").with(properties)).close());
      assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    }
  }

  private static TaskFailure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(TaskFailure.class, call);
  }

  private TestContext context(String path, String run) {
    return Contexts.of(project, run).with(Map.of("path", path, "threads", "2"));
  }

  private static boolean mount(Path place, String options) throws Exception {
    try {
      return new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", place.toString())
              .redirectErrorStream(true)
              .start()
              .waitFor()
          == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static void unmount(Path place) throws Exception {
    new ProcessBuilder("umount", place.toString()).start().waitFor();
  }

  private Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }

  /** Keeps a database file open for writing. */
  static final class FileHolder {
    public static void main(String[] arguments) throws Exception {
      DuckDb.Settings settings =
          new DuckDb.Settings(Optional.of(1), Optional.empty(), Path.of("tmp"), true);
      try (Connection connection = DuckDb.open(settings)) {
        DuckDb.attach(connection, Path.of(arguments[0]), "held", false, Duration.ZERO);
        System.out.println("held");
        Thread.sleep(600_000);
      }
    }
  }

  /** A task of a run of single processes: enters a section, leaves a table behind, stays. */
  static final class TaskHolder {
    public static void main(String[] arguments) throws Exception {
      try (Workspace workspace =
          Workspace.enter(Contexts.of(Path.of(arguments[0]), arguments[1]))) {
        run(workspace, "CREATE TABLE shop.far AS SELECT 1 AS i");
        System.out.println("entered");
        Thread.sleep(600_000);
      }
    }
  }

  /** Enters a section as a whole run, leaves a table behind, stays. */
  static final class LeaseHolder {
    public static void main(String[] arguments) throws Exception {
      try (RunHold hold = Workspace.hold(arguments[1]);
          Workspace workspace = Workspace.enter(Contexts.of(Path.of(arguments[0]), arguments[1]))) {
        run(workspace, "CREATE TABLE shop.far AS SELECT 1 AS i");
        System.out.println("entered");
        Thread.sleep(600_000);
      }
    }
  }
}
