package io.headgate.cli;

import io.headgate.cli.run.Kinds;
import io.headgate.model.reference.ReferencePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** Prints the reference of the language, or writes that of the commands too. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description = "Prints the reference of all configuration files as Markdown.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate reference | less", "  headgate reference --out docs/reference"})
final class ReferenceCommand implements Callable<Integer> {
  private final Shell shell;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Write pages instead: configuration, commands, manifest, exit codes.")
  private @Nullable Path out;

  ReferenceCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (out == null) {
      shell.out().print(ReferencePage.markdown(Kinds.all()));
      return 0;
    }
    Path folder = Files.createDirectories(shell.workingDirectory().resolve(out));
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put("configuration.md", ReferencePage.configuration(Kinds.all()));
    pages.put("commands.md", commands());
    pages.put("manifest.md", ReferencePage.manifest());
    pages.put("exit-codes.md", ReferencePage.exitCodes());
    for (Map.Entry<String, String> page : pages.entrySet()) {
      Path file = folder.resolve(page.getKey());
      Files.writeString(file, page.getValue());
      shell.out().println(shell.shown(file));
    }
    return 0;
  }

  private String commands() {
    StringBuilder page = new StringBuilder("# Commands\n\nWhat `--help` says of each. ");
    page.append("All end with one of the [exit codes](exit-codes.md).\n");
    help(new CommandTree(shell).commandLine(), page);
    return page.toString();
  }

  private static void help(CommandLine command, StringBuilder page) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.exitCodeListHeading("").exitCodeList(Map.of());
    page.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n```\n");
    command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .map(String::stripTrailing)
        .forEach(line -> page.append(line).append('\n'));
    page.append("```\n");
    command.getSubcommands().values().forEach(below -> help(below, page));
  }
}
