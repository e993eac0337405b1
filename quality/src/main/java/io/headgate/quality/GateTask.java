package io.headgate.quality;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.Outcome;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at everything, then says the verdict; leaves results, failing rows and a report behind. */
final class GateTask implements Task {
  static final String REPORT = "quality report";
  private static final String REPORT_FILE = "quality.html";
  private static final int SAMPLE_ROWS = 20;
  private static final int HISTORY_RUNS = 14;

  private final GateConfig config;
  private final StepScope scope;
  private final InstantSource clock = InstantSource.system();

  GateTask(GateConfig config, StepScope scope) {
    this.config = config;
    this.scope = scope;
  }

  @Override
  public Outcome run(TaskContext context) throws InterruptedException {
    Instant at = clock.instant();
    try (Workspace workspace = Workspace.enter(context)) {
      List<Finding> findings = accepted(context, judge(context, workspace));
      Judgement judgement = Judgement.of(findings.stream().map(Finding::result).toList());
      GateReport.Kept kept = keep(context, workspace, findings, at);
      Artefact report = report(context, workspace, judgement, kept, at);
      return judgement.outcome(context.run(), kept.quarantined()).withArtefacts(List.of(report));
    } catch (SQLException e) {
      throw TaskFailure.fault(
          "the gate cannot work in the warehouse: " + SqlChecks.firstLine(e), "", e);
    }
  }

  private List<Finding> judge(TaskContext context, Workspace workspace)
      throws InterruptedException, SQLException {
    List<Check> checks =
        GatePlan.of(
            config,
            scope.documents(),
            scope.pipelineDirectory(),
            context.warehouse().connection().kind(),
            workspace.schema());
    Map<String, Finding> found = new HashMap<>();
    List<Check> own = checks.stream().filter(check -> !(check instanceof Check.Expected)).toList();
    Dialect dialect;
    try (Session session = workspace.session()) {
      dialect = session.dialect();
      found.putAll(new SqlChecks(session).evaluate(own, context.log()));
    }
    found.putAll(
        SuiteChecks.evaluate(
            context,
            workspace,
            dialect,
            checks.stream()
                .filter(Check.Expected.class::isInstance)
                .map(Check.Expected.class::cast)
                .toList()));
    List<Finding> findings = new ArrayList<>();
    for (Check check : checks) {
      Finding finding = found.get(check.head().id());
      findings.add(
          finding == null ? Finding.of(check.head().errored("was not evaluated")) : finding);
    }
    dbt(context).stream().map(Finding::of).forEach(findings::add);
    return findings;
  }

  private List<CheckResult> dbt(TaskContext context) {
    DbtTests mode = config.dbtTests().orElse(DbtTests.BLOCK);
    if (mode == DbtTests.IGNORE) {
      return List.of();
    }
    if (context.run().orchestrated()) {
      requireRecords(context);
    }
    Path run = context.stateDirectory().resolve("runs").resolve(context.run().runId());
    DbtResults results = new DbtResults(mode, run);
    Map<String, CheckResult> byId = new LinkedHashMap<>();
    context.upstream().entrySet().stream()
        .filter(step -> "dbt".equals(scope.needs().get(step.getKey())))
        .sorted(Map.Entry.comparingByKey())
        .flatMap(step -> results.of(step.getKey(), step.getValue()).stream())
        .forEach(check -> byId.merge(check.id(), check, Judgement::worse));
    return List.copyOf(byId.values());
  }

  /** A pod's step is known to others by its record alone: without it, its tests would be none. */
  private void requireRecords(TaskContext context) {
    scope
        .needs()
        .forEach(
            (step, kind) -> {
              if (kind.equals("dbt") && !context.upstream().containsKey(step)) {
                throw TaskFailure.blocked(
                    "no record of the dbt step " + step + " in this run, so of its tests neither",
                    "run it again, then this gate");
              }
            });
  }

  private List<Finding> accepted(TaskContext context, List<Finding> findings) {
    List<CheckResult> results =
        new Acceptances(context.journal(), clock)
            .applied(
                context.run().pipeline(),
                context.run().target(),
                context.step(),
                findings.stream().map(Finding::result).toList());
    List<Finding> applied = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      applied.add(findings.get(i).with(results.get(i)));
    }
    return applied;
  }

  private GateReport.Kept keep(
      TaskContext context, Workspace workspace, List<Finding> findings, Instant at)
      throws InterruptedException, SQLException {
    String run = context.run().runId();
    try (Session session = workspace.session()) {
      session
          .quality()
          .record(run, context.step(), at, findings.stream().map(Finding::result).toList());
      Quarantine quarantine = new Quarantine(session, Masks.of(scope.documents()));
      session.quality().release(run, context.step());
      session.commit();
      Map<String, Long> quarantined = new LinkedHashMap<>();
      Map<String, Finding.Sample> samples = new LinkedHashMap<>();
      for (Finding finding : findings) {
        if (finding.failingRows().isEmpty()) {
          continue;
        }
        String id = finding.result().id();
        try {
          if (config.quarantine() > 0) {
            long rows = quarantine.keep(run, context.step(), finding, at, config.quarantine());
            session.commit();
            quarantined.put(id, rows);
          }
          if (config.samples()) {
            samples.put(id, quarantine.sample(finding.failingRows().get(), SAMPLE_ROWS));
          }
        } catch (SQLException | TaskFailure e) {
          session.rollback();
          context.log().warn("cannot keep the failing rows of " + id + ": " + e.getMessage());
        }
      }
      return new GateReport.Kept(
          quarantined, samples, session.quality().last(context.step(), HISTORY_RUNS));
    }
  }

  private static Artefact report(
      TaskContext context,
      Workspace workspace,
      Judgement judgement,
      GateReport.Kept kept,
      Instant at) {
    try {
      new GateReport(context, workspace.describe(), judgement, kept, at)
          .page()
          .write(context.artefactDirectory().resolve(REPORT_FILE));
    } catch (IOException e) {
      throw TaskFailure.fault(
          "cannot write the quality report in " + context.artefactDirectory(),
          "is there room on the disk?",
          e);
    }
    return new Artefact(REPORT, "artefacts/" + context.step() + "/" + REPORT_FILE);
  }
}
