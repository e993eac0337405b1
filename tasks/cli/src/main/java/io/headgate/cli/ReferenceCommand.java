package io.headgate.cli;

import io.headgate.cli.run.Kinds;
import io.headgate.model.reference.ReferencePage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the reference of the language. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description = "Prints the reference of all configuration files as Markdown.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate reference > docs/reference.md"})
final class ReferenceCommand implements Callable<Integer> {
  private final Shell shell;

  ReferenceCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    shell.out().print(ReferencePage.markdown(Kinds.all()));
    return 0;
  }
}
