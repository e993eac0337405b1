package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.cli.run.RunFlow;
import io.headgate.cli.run.RunJson;
import io.headgate.cli.run.RunReport;
import io.headgate.cli.run.RunRequest;
import io.headgate.cli.terminal.Terminal;
import io.headgate.model.Project;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a pipeline on this machine. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a pipeline on this machine, its steps in the order of their needs.",
      "",
      "A run without --interval states the whole truth: tables are replaced. A run with one merges "
          + "that stretch of time. A table with a cursor is merged in every run. What readers see "
          + "changes only in publish steps."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate run streaming",
      "  headgate run pipelines/streaming --param source=../data --target ci",
      "  headgate run streaming --interval 2021-12-24",
      "  headgate run streaming --resume              take up the newest run that did not end well",
      "  headgate run streaming --only models         one step, on what is published",
      "  headgate run streaming --json | jq .answers"
    })
final class RunCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      arity = "0..1",
      paramLabel = "PIPELINE",
      description = "Name of the pipeline or path of its folder; not needed if there is only one.")
  private @Nullable String pipeline;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "Where to run; see headgate.yaml.")
  private @Nullable String target;

  @Option(
      names = "--interval",
      paramLabel = "START/END",
      description =
          "The stretch of event time: a day such as 2021-12-24, or START/END, END excluded; local "
              + "to the pipeline's time zone.")
  private @Nullable String interval;

  @Option(
      names = {"-p", "--param"},
      paramLabel = "NAME=VALUE",
      description = "The value of a parameter; of a secret one, a reference such as $${env:TOKEN}.")
  private List<String> parameters = List.of();

  @Option(
      names = "--only",
      paramLabel = "STEP[,STEP…]",
      description = "Run these steps and no others; what they need is taken as it is.")
  private List<String> only = List.of();

  @Option(
      names = "--from",
      paramLabel = "STEP",
      description = "Begin with this step; those that need it follow.")
  private @Nullable String from;

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "RUN",
      description =
          "Take up a run that failed or was killed, by default the newest; steps that ended well "
              + "are not run again.")
  private @Nullable String resume;

  @Option(
      names = "--yes-write-protected",
      description = "Write a protected target, such as prod, from this machine.")
  private boolean writeProtected;

  @Option(
      names = "--take-over",
      description =
          "Take the private tables from a run of single tasks that is dead: refused while one of "
              + "its processes is alive; kept on record.")
  private boolean takeOver;

  @Option(
      names = "--json",
      description = "One JSON document on standard output; lines for people go to standard error.")
  private boolean json;

  @Option(names = "--plain", description = "Lines that stay where they are, without colours.")
  private boolean plain;

  RunCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws Exception {
    Project project = shell.project();
    Terminal terminal = json ? shell.aside() : shell.terminal(plain);
    RunFlow flow = new RunFlow(project, shell.redactor(), terminal, shell.clock(), shell.person());
    RunReport report = flow.run(request(), shell::shown);
    if (json) {
      shell
          .out()
          .print(
              shell
                  .redactor()
                  .redact(Json.pretty(RunJson.of(report, shell.shown(report.folder().page())))));
      shell.out().flush();
    }
    ExitCode code = report.exitCode();
    return code.code();
  }

  private RunRequest request() {
    boolean resumes = resume != null;
    Optional<String> resumed = Optional.ofNullable(resume).filter(id -> !id.isEmpty());
    return new RunRequest(
        shell.workingDirectory(),
        Optional.ofNullable(pipeline),
        Optional.ofNullable(target),
        Optional.ofNullable(interval),
        named(parameters),
        only.stream().flatMap(steps -> Arrays.stream(steps.split(",", -1))).toList(),
        Optional.ofNullable(from),
        resumes,
        resumed,
        writeProtected,
        takeOver);
  }

  /** Split here, not by the command line library, which would read quotes in values as syntax. */
  private static Map<String, String> named(List<String> parameters) {
    Map<String, String> named = new LinkedHashMap<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw TaskFailure.usage(
            "--param: \"" + parameter + "\" gives no value", "write --param NAME=VALUE");
      }
      named.put(parameter.substring(0, equals), parameter.substring(equals + 1));
    }
    return named;
  }
}
