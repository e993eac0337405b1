package io.headgate.cli;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Failures;
import io.headgate.cli.run.Storage;
import io.headgate.model.bind.Nearest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The commands, and how their failures are told: expected ones in one line, others with the stack.
 */
final class CommandTree {
  private static final Map<String, Class<?>> COMMANDS = commands();

  private final Shell shell;

  CommandTree(Shell shell) {
    this.shell = shell;
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("init", InitCommand.class);
    commands.put("run", RunCommand.class);
    commands.put("runs", RunsCommand.class);
    commands.put("validate", ValidateCommand.class);
    commands.put("compile", CompileCommand.class);
    commands.put("task", TaskCommand.class);
    commands.put("contract", ContractCommand.class);
    commands.put("dead-letters", DeadLettersCommand.class);
    commands.put("gate", GateCommand.class);
    commands.put("rollback", RollbackCommand.class);
    commands.put("clean", CleanCommand.class);
    commands.put("connections", ConnectionsCommand.class);
    commands.put("schema", SchemaCommand.class);
    commands.put("reference", ReferenceCommand.class);
    commands.put("demo-data", DemoDataCommand.class);
    commands.put("completion", CompletionCommand.class);
    return commands;
  }

  /** Runs a command; the code is one of {@link ExitCode}. */
  int run(String... args) {
    return commandLine(args).execute(args);
  }

  /** All commands, or only the one that is called: reading the others would take time. */
  CommandLine commandLine(String... args) {
    CommandLine root = new CommandLine(new Headgate(), factory());
    Class<?> called = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (called != null && called != CompletionCommand.class) {
      root.addSubcommand(args[0], called);
    } else {
      COMMANDS.forEach(root::addSubcommand);
    }
    adopt(root);
    root.setOut(new PrintWriter(shell.out(), true, shell.out().charset()));
    root.setErr(new PrintWriter(shell.err(), true, shell.err().charset()));
    root.setColorScheme(CommandLine.Help.defaultColorScheme(ansi()));
    root.setParameterExceptionHandler((failure, _) -> usage(failure));
    root.setExecutionExceptionHandler((failure, _, _) -> failed(failure));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    return root;
  }

  private Ansi ansi() {
    boolean plain = !shell.environment().getOrDefault("NO_COLOR", "").isEmpty();
    return plain ? Ansi.OFF : Ansi.AUTO;
  }

  private static void adopt(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.exitCodeOnInvalidInput(ExitCode.USAGE.code());
    spec.exitCodeOnExecutionException(ExitCode.FAULT.code());
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.code(), code.meaning());
    }
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
    spec.usageMessage().width(100);
    command.getSubcommands().values().forEach(CommandTree::adopt);
  }

  private IFactory factory() {
    return new IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
          if (List.of(constructor.getParameterTypes()).equals(List.of(Shell.class))) {
            constructor.setAccessible(true);
            return type.cast(constructor.newInstance(shell));
          }
        }
        return CommandLine.defaultFactory().create(type);
      }
    };
  }

  private int usage(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    say("headgate: " + failure.getMessage() + suggestion(failure) + " → " + name + " --help");
    return ExitCode.USAGE.code();
  }

  private static String suggestion(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    if (!unmatched.getSuggestions().isEmpty()) {
      return "; did you mean \"" + unmatched.getSuggestions().getFirst() + "\"?";
    }
    Set<String> commands = failure.getCommandLine().getSubcommands().keySet();
    return Nearest.to(unmatched.getUnmatched().getFirst(), commands)
        .map(command -> "; did you mean \"" + command + "\"?")
        .orElse("");
  }

  private int failed(Exception failure) {
    TaskFailure expected = expected(failure);
    if (expected == null) {
      say("headgate: unexpected failure; please report it\n" + Failures.stack(failure));
      return ExitCode.FAULT.code();
    }
    String prefix = expected.line().contains("\n") ? "" : "headgate: ";
    say(prefix + expected.line());
    return expected.exitCode().code();
  }

  private static @Nullable TaskFailure expected(Exception failure) {
    return switch (failure) {
      case TaskFailure itself -> itself;
      case InterruptedException _ -> TaskFailure.stopped("stopped");
      case FileSystemException file when file.getFile() != null ->
          Storage.failure(Path.of(file.getFile()), file);
      case UncheckedIOException wrapped when wrapped.getCause() instanceof FileSystemException ->
          expected(wrapped.getCause());
      case IOException _ -> null;
      default -> null;
    };
  }

  private void say(String text) {
    shell.aside().line(text);
  }
}
