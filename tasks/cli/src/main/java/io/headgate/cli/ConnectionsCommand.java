package io.headgate.cli;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.cli.run.Kinds;
import io.headgate.cli.terminal.Terminal;
import io.headgate.ingest.http.HttpProbe;
import io.headgate.ingest.jdbc.JdbcProbe;
import io.headgate.model.Connections;
import io.headgate.model.Loaded;
import io.headgate.model.Pipeline;
import io.headgate.model.Pipelines;
import io.headgate.model.Project;
import io.headgate.model.ProjectFile;
import io.headgate.model.bind.Nearest;
import io.headgate.stores.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks at the stores that a project knows. */
@Command(
    name = "connections",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Looks at the stores that headgate.yaml knows.",
    subcommands = ConnectionsCommand.Test.class)
final class ConnectionsCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Usage.of(spec);
  }

  /** Reaches connections and asks for the rights that their uses need. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = {
        "Reaches each connection, and says its version, how fast it answers, which rights are"
            + " missing for what the targets use it for, and what to do."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  headgate connections test", "  headgate connections test lake --target prod"})
  static final class Test implements Callable<Integer> {
    private final Shell shell;

    @Parameters(
        arity = "0..1",
        paramLabel = "NAME",
        description = "All that the target uses if left out; all of the project with --all.")
    private @Nullable String name;

    @Option(names = "--target", paramLabel = "TARGET", description = "The target to look at.")
    private @Nullable String target;

    @Option(names = "--all", description = "Also those that the target does not use.")
    private boolean all;

    @Option(names = "--json", description = "The findings as JSON.")
    private boolean json;

    Test(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      Project project = shell.project();
      Map<String, List<Probe.Use>> uses = uses(project);
      Set<String> wanted = wanted(project.file(), uses.keySet());
      Connections connections = project.connections(shell.redactor());
      Terminal terminal = shell.terminal(json);
      List<Map<String, Object>> findings = new ArrayList<>();
      ExitCode worst = ExitCode.DONE;
      int width = wanted.stream().mapToInt(String::length).max().orElse(0);
      for (String one : wanted) {
        Finding finding = look(project, connections, one, uses.getOrDefault(one, List.of()));
        findings.add(finding.json());
        if (!json) {
          finding.lines(width).forEach(terminal::line);
        }
        worst = worse(worst, finding.code());
      }
      if (json) {
        terminal.line(Json.pretty(Map.of("connections", findings)));
      }
      return worst.code();
    }

    private static ExitCode worse(ExitCode one, ExitCode other) {
      if (one == ExitCode.DONE || other == ExitCode.CONFIGURATION) {
        return other == ExitCode.DONE ? one : other;
      }
      return one;
    }

    private Set<String> wanted(ProjectFile file, Set<String> used) {
      Set<String> known = file.connections().keySet();
      if (name != null) {
        if (!known.contains(name)) {
          throw TaskFailure.usage(
              "headgate.yaml has no connection \"" + name + "\"", Nearest.hintOrList(name, known));
        }
        return Set.of(name);
      }
      return all ? known : used;
    }

    /** What the target uses each connection for. */
    private Map<String, List<Probe.Use>> uses(Project project) {
      Project.Target at = project.target(Optional.ofNullable(target));
      Map<String, List<Probe.Use>> uses = new LinkedHashMap<>();
      for (Path folder : shell.pipelines(project, Optional.empty())) {
        warehouse(project, folder)
            .map(warehouse -> at.file().warehouses().get(warehouse))
            .ifPresent(
                place -> {
                  String pipeline = String.valueOf(folder.getFileName());
                  uses.computeIfAbsent(place.connection(), key -> new ArrayList<>())
                      .add(new Probe.Warehouse(place.schema().orElse(pipeline), pipeline));
                });
      }
      for (StoragePlace place : new LinkedHashSet<>(List.of(at.landing(), at.state()))) {
        if (place instanceof StoragePlace.Bucket bucket) {
          uses.computeIfAbsent(bucket.connection(), key -> new ArrayList<>())
              .add(new Probe.Storage(bucket));
        }
      }
      return uses;
    }

    /** Pipelines that cannot be read are the business of {@code validate}. */
    private static Optional<String> warehouse(Project project, Path folder) {
      return Pipelines.load(project, folder, Kinds.all())
              instanceof Loaded.Valid<Pipeline>(Pipeline found)
          ? Optional.of(found.file().warehouse())
          : Optional.empty();
    }

    private static Probe probe(Connection connection, Path directory, List<Probe.Use> uses) {
      return switch (connection.kind()) {
        case "http" -> HttpProbe.of(connection, directory);
        case "jdbc" -> JdbcProbe.of(connection, directory);
        default -> Probe.of(connection, directory, uses);
      };
    }

    private Finding look(
        Project project, Connections connections, String one, List<Probe.Use> uses) {
      try {
        Connection connection = connections.resolve(one);
        return new Finding(
            one,
            connection.kind(),
            Optional.of(probe(connection, project.directory(), uses)),
            Optional.empty());
      } catch (TaskFailure e) {
        String kind =
            Optional.ofNullable(project.file().connections().get(one)).orElseThrow().kind();
        return new Finding(one, kind, Optional.empty(), Optional.of(e));
      }
    }
  }

  /** What came of one connection. */
  private record Finding(
      String name, String kind, Optional<Probe> probe, Optional<TaskFailure> failure) {
    ExitCode code() {
      if (failure.isPresent()) {
        return failure.get().exitCode();
      }
      return probe.map(Probe::sufficient).orElse(false) ? ExitCode.DONE : ExitCode.CONFIGURATION;
    }

    List<String> lines(int width) {
      String title = String.format("%-" + Math.max(1, width) + "s", name);
      if (failure.isPresent()) {
        return List.of("✗ " + title + "  " + failure.get().line());
      }
      Probe found = probe.orElseThrow();
      List<String> lines = new ArrayList<>();
      lines.add(
          "%s %s  %s  %s  %s"
              .formatted(
                  found.sufficient() ? "✓" : "✗",
                  title,
                  found.place(),
                  found.version(),
                  milliseconds(found.latency())));
      for (Probe.Right right : found.rights()) {
        lines.add(
            right.given()
                ? "    may " + right.what()
                : "    may not " + right.what() + " → " + right.remedy());
      }
      return lines;
    }

    private static String milliseconds(Duration latency) {
      return String.format(Locale.ROOT, "%.1f ms", latency.toNanos() / 1e6);
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", name);
      json.put("kind", kind);
      json.put("exit_code", code().code());
      failure.ifPresent(
          failed -> {
            json.put("problem", failed.getMessage());
            json.put("remedy", failed.remedy());
          });
      probe.ifPresent(
          found -> {
            json.put("place", found.place());
            json.put("version", found.version());
            json.put("latency_ms", found.latency().toNanos() / 1_000_000.0);
            json.put("rights", found.rights());
          });
      return json;
    }
  }
}
