package io.headgate.cli;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.cli.run.Kinds;
import io.headgate.model.reference.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the JSON schemas of configuration files. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description =
        "Prints the JSON schema of a configuration file, for editors; without NAME, the names.",
    footerHeading = "%nExamples:%n",
    footer = {"  headgate schema pipeline", "  headgate schema --out .headgate/schemas"})
final class SchemaCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Such as pipeline or contract.")
  private @Nullable String name;

  @Option(names = "--out", paramLabel = "FOLDER", description = "Write all of them as files.")
  private @Nullable Path out;

  SchemaCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    SortedMap<String, Map<String, Object>> schemas = JsonSchema.all(Kinds.all());
    if (out != null) {
      for (Path file : write(schemas, shell.workingDirectory().resolve(out))) {
        shell.out().println(shell.shown(file));
      }
      return 0;
    }
    if (name == null) {
      schemas.keySet().forEach(shell.out()::println);
      return 0;
    }
    Map<String, Object> schema = schemas.get(name);
    if (schema == null) {
      throw TaskFailure.usage(
          "no schema \"" + name + "\"", "one of " + String.join(", ", schemas.keySet()));
    }
    shell.out().print(Json.pretty(schema));
    return 0;
  }

  /** Writes all schemas into a folder. */
  static List<Path> write(Path folder) throws IOException {
    return write(JsonSchema.all(Kinds.all()), folder);
  }

  private static List<Path> write(SortedMap<String, Map<String, Object>> schemas, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, Map<String, Object>> schema : schemas.entrySet()) {
      Path file = folder.resolve(schema.getKey() + ".schema.json");
      Files.writeString(file, Json.pretty(schema.getValue()));
      files.add(file);
    }
    return files;
  }
}
