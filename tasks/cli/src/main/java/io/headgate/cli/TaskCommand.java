package io.headgate.cli;

import io.headgate.cli.task.TaskMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Only for help and wrong usage: {@link Main} sends a well-formed call past the command line. */
@Command(
    name = "task",
    mixinStandardHelpOptions = true,
    description = {
      "Runs one step in this process, as pods do; reads what compile wrote.",
      "",
      "The run context comes from the environment, all of it optional:",
      "  HEADGATE_RUN_ID                id of the run",
      "  HEADGATE_TRY                   number of the try, from 1",
      "  HEADGATE_TARGET                target in headgate.yaml",
      "  HEADGATE_INTERVAL_START, _END  the interval, ISO 8601 with an offset; END excluded",
      "  HEADGATE_PARAMS                parameters as a JSON object; secrets as references",
      "  HEADGATE_MANIFEST_HASH         what the orchestrator compiled; 78 if it is another",
      "  HEADGATE_TERMINATION_LOG       file that takes the outcome, JSON of at most 1 KB",
      "  HEADGATE_XCOM                  file that takes the same",
      "  HEADGATE_LOG                   json for one JSON document a line",
      "  HEADGATE_PROJECT               folder of headgate.yaml, else the nearest above"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate compile streaming && headgate task streaming/ingest",
      "  HEADGATE_TARGET=ci HEADGATE_RUN_ID=nightly-7 headgate task streaming/models"
    })
final class TaskCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PIPELINE/STEP", description = "The step.")
  private String step = "";

  @Override
  public Integer call() {
    return TaskMain.run(new String[] {"task", step});
  }
}
