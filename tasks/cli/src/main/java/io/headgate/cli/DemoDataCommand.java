package io.headgate.cli;

import io.headgate.api.json.Json;
import io.headgate.cli.demo.DemoAnswers;
import io.headgate.cli.demo.DemoData;
import io.headgate.cli.run.RunFolder;
import io.headgate.model.Project;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the data of the reference pipeline. */
@Command(
    name = "demo-data",
    mixinStandardHelpOptions = true,
    description = {
      "Makes demo data for the reference pipeline: six files of an invented streaming service.",
      "The same scale and seed give the same bytes; the answers that they hold are printed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate demo-data",
      "  headgate demo-data --out /tmp/big --scale 100   a million streams",
      "  headgate run streaming --param source=/tmp/big"
    })
final class DemoDataCommand implements Callable<Integer> {
  private final Shell shell;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where to; .headgate/demo-data of the project if left out.")
  private @Nullable Path folder;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "N times 10,000 streams; 1 if left out.")
  private long scale = 1;

  @Option(names = "--seed", paramLabel = "N", description = "Other rows, other answers.")
  private long seed = DemoData.DEFAULT_SEED;

  DemoDataCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws Exception {
    Path target = target();
    DemoAnswers answers = DemoData.write(target, scale, seed);
    shell.aside().line("demo data in " + shell.shown(target) + "; its answers:");
    shell.out().print(Json.pretty(answers.byModel()));
    return 0;
  }

  private Path target() {
    if (folder != null) {
      return shell.workingDirectory().resolve(folder).normalize();
    }
    Project project = shell.project();
    RunFolder.prepareState(project.stateDirectory());
    return project.stateDirectory().resolve("demo-data");
  }
}
