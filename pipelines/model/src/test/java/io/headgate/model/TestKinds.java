package io.headgate.model;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.api.DocumentKind;
import io.headgate.api.Outcome;
import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kinds as features would bring them. */
public final class TestKinds {
  public static final List<StepKind<?>> ALL = List.of(new CopyKind(), new JudgeKind());

  private TestKinds() {}

  @Description("What a table may hold.")
  record Contract(
      @Description("Columns by name.") Map<String, String> columns,
      @Description("The key.") @Default("[]") List<String> key)
      implements io.headgate.api.MaskedColumns {
    /** What is of type secret. */
    @Override
    public Map<String, java.util.Set<String>> maskedColumns(String name) {
      java.util.Set<String> masked = new java.util.TreeSet<>();
      columns.forEach(
          (column, type) -> {
            if (type.equals("secret")) {
              masked.add(column);
            }
          });
      return Map.of(name, masked);
    }
  }

  static final DocumentKind<Contract> CONTRACT =
      new DocumentKind<>("contract", Contract.class, "contracts");

  record CopyConfiguration(
      @Description(value = "Where files are.", example = "data/") String from,
      @Description("Tables by name.") Map<String, Table> tables,
      @Description("How many at once.") @Default("2") int parallel,
      @Description("Waits so long.") @Default("5s") Duration pause,
      Optional<String> token,
      @Default("{}") Map<String, Object> vars) {}

  record Table(
      @Description("Files to read.") List<String> files,
      @Description("How it is written.") @Default("append") Mode mode) {}

  enum Mode {
    APPEND,
    REPLACE_INTERVAL
  }

  /** Keeps what it was made with, so that tests can look. */
  record CopyTask(CopyConfiguration configuration, StepScope scope) implements Task {
    @Override
    public Outcome run(io.headgate.api.TaskContext context) {
      return Outcome.of(Outcome.State.DONE, "copied");
    }
  }

  static final class CopyKind implements StepKind<CopyConfiguration> {
    @Override
    public String name() {
      return "copy";
    }

    @Override
    public String summary() {
      return "Copies files.";
    }

    @Override
    public Class<CopyConfiguration> configuration() {
      return CopyConfiguration.class;
    }

    @Override
    public List<DocumentKind<?>> documents() {
      return List.of(CONTRACT);
    }

    @Override
    public void check(CopyConfiguration configuration, StepScope scope, Problems problems) {
      for (String table : configuration.tables().keySet()) {
        if (!scope.documents().all(CONTRACT).containsKey("contracts/" + table + ".yaml")) {
          problems.report("tables." + table, "has no contract", "");
        }
      }
    }

    @Override
    public Task create(CopyConfiguration configuration, StepScope scope) {
      return new CopyTask(configuration, scope);
    }
  }

  record JudgeConfiguration(@Default("[]") List<Check> checks) {}

  record Check(String table, @Default("block") Severity severity) {}

  enum Severity {
    WARN,
    BLOCK
  }

  static final class JudgeKind implements StepKind<JudgeConfiguration> {
    @Override
    public String name() {
      return "judge";
    }

    @Override
    public String summary() {
      return "Judges tables.";
    }

    @Override
    public Class<JudgeConfiguration> configuration() {
      return JudgeConfiguration.class;
    }

    @Override
    public Task create(JudgeConfiguration configuration, StepScope scope) {
      return new JudgeTask(scope);
    }
  }

  /** Keeps what it may know, so that tests can look. */
  record JudgeTask(StepScope scope) implements Task {
    @Override
    public Outcome run(io.headgate.api.TaskContext context) {
      return Outcome.of(Outcome.State.DONE, "judged");
    }
  }
}
