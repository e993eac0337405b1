package io.headgate.dbt;

import io.headgate.api.TaskContext;
import io.headgate.process.PythonWorker;
import io.headgate.stores.Loan;
import io.headgate.stores.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** dbt in the worker, on a workspace that is lent for the time of the call. */
record Invocation(
    DbtConfiguration configuration,
    Path project,
    DbtCommand command,
    TaskContext context,
    Attempt attempt,
    Optional<Attempt> resumed) {
  /**
   * What dbt said in all; what became of the nodes is in its files.
   *
   * @param error the last error that it told of
   */
  record Answer(boolean success, Optional<Raised> raised, Optional<String> error) {}

  Answer run(Workspace workspace, List<String> identity) throws IOException, InterruptedException {
    ParseCache cache = new ParseCache(context);
    try (Loan loan = workspace.lend()) {
      Secrets secrets = new Secrets(loan.environment().values());
      try (DbtProfile profile = profile(loan)) {
        if (configuration.deps()) {
          Answer installed = call(deps(profile), loan);
          if (!installed.success()) {
            return installed;
          }
        }
        cache.bring(attempt.target());
        List<String> arguments = new ArrayList<>(resumed.map(this::retry).orElse(identity));
        if (resumed.isPresent()) {
          arguments.addAll(vars(identity));
        }
        arguments.addAll(DbtArguments.places(project, profile, attempt.target(), attempt.logs()));
        return call(arguments, loan);
      } finally {
        secrets.scrub(attempt.directory());
        cache.keep(attempt.target());
        attempt.tidy();
      }
    }
  }

  private DbtProfile profile(Loan loan) throws IOException {
    return DbtProfile.write(
        context.stateDirectory().resolve("tmp"),
        project,
        context.run().target(),
        loan.dbtOutput(),
        configuration.threads().orElse(0));
  }

  private List<String> retry(Attempt before) {
    return List.of("retry", "--state", before.target().toAbsolutePath().toString());
  }

  private static List<String> vars(List<String> identity) {
    int at = identity.indexOf("--vars");
    return at < 0 ? List.of() : identity.subList(at, at + 2);
  }

  private List<String> deps(DbtProfile profile) {
    return List.of(
        "deps",
        "--project-dir",
        project.toString(),
        "--profiles-dir",
        profile.directory().toString(),
        "--log-path",
        attempt.logs().toString(),
        "--log-level",
        "none");
  }

  private Answer call(List<String> arguments, Loan loan) throws InterruptedException {
    DbtProgress progress = new DbtProgress(context.log());
    Map<String, Object> request =
        Map.of(
            "args",
            arguments,
            "project_dir",
            project.toString(),
            "build_past_failed_tests",
            configuration.tests() == DbtConfiguration.Tests.GATE);
    Map<String, Object> answer =
        PythonWorker.of(context).call("dbt.invoke", request, loan.environment(), progress);
    Optional<Raised> raised =
        answer.get("exception") instanceof Map<?, ?> exception
            ? Optional.of(
                new Raised(
                    String.valueOf(exception.get("type")),
                    String.valueOf(exception.get("message")),
                    Boolean.TRUE.equals(exception.get("expected"))))
            : Optional.empty();
    return new Answer(Boolean.TRUE.equals(answer.get("success")), raised, progress.error());
  }
}
