package io.headgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command without a command: its help names the others. */
@Command(
    name = "headgate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs pipelines: files in, quality gates, dbt models, published tables out.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  headgate init shop --from orders.csv   a first pipeline on a file of your own",
      "  headgate run streaming                 run it on this machine",
      "  headgate validate                      check every pipeline of the project",
      "  headgate run --help                    more about one command"
    })
final class Headgate implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Usage.of(spec);
  }
}
