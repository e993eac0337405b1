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
      "Runs one step, or the steps of a fused group, in this process, as pods do; reads what "
          + "compile wrote.",
      "",
      "The run context comes from the environment, all of it optional:",
      "  HEADGATE_RUN_ID                id of the run; with it a group goes on where it failed",
      "  HEADGATE_TRY                   number of the try, from 1",
      "  HEADGATE_TARGET                target in headgate.yaml",
      "  HEADGATE_INTERVAL_START, _END  the interval, ISO 8601 with an offset; END excluded",
      "  HEADGATE_PARAMS                parameters as a JSON object; secrets as references",
      "  HEADGATE_FROM                  the step of a group to begin with, done or not",
      "  HEADGATE_ALONE                 true where no other run of the pipeline is under way: one",
      "                                 that failed between two steps is not waited for",
      "  HEADGATE_MANIFEST_HASH         what the orchestrator compiled; 78 if it is another",
      "  HEADGATE_TERMINATION_LOG       file that takes the outcome, JSON of at most 1 KB; in a",
      "                                 pod /dev/termination-log if left out",
      "  HEADGATE_XCOM                  file that takes the same, for a group that of each step;",
      "                                 in a pod /airflow/xcom/return.json if left out",
      "  HEADGATE_LOG                   json for one JSON document a line",
      "  HEADGATE_PROJECT               folder of headgate.yaml, else the nearest above",
      "  HEADGATE_COMPILED              what compile --out wrote, else .headgate/compiled",
      "  HEADGATE_STATE                 folder for what this machine keeps, else .headgate"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate compile streaming && headgate task streaming/ingest",
      "  HEADGATE_RUN_ID=nightly-7 headgate task streaming/sources_ok__trusted_ok",
      "  HEADGATE_TARGET=ci HEADGATE_RUN_ID=nightly-7 headgate task streaming/models"
    })
final class TaskCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PIPELINE/STEP", description = "The step, or the group.")
  private String step = "";

  @Override
  public Integer call() {
    return TaskMain.run(new String[] {"task", step});
  }
}
