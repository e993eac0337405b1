package io.headgate.dbt;

import io.headgate.api.Artefact;
import io.headgate.api.TaskContext;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The folder of one invocation below the step's artefacts: {@code 1}, {@code 2}, … in order. Holds
 * {@code target/}, {@code logs/} and {@code invocation}, by which the next one knows whether the
 * same is asked: a hash, as what is asked may hold secrets.
 */
record Attempt(int number, Path directory) {
  /** Begins the next one. */
  static Attempt begin(TaskContext context, List<String> identity) throws IOException {
    int number = 1;
    while (Files.exists(folder(context, number))) {
      number++;
    }
    Attempt attempt = new Attempt(number, folder(context, number));
    Files.createDirectories(attempt.target());
    Files.createDirectories(attempt.logs());
    Files.writeString(attempt.invocation(), hash(identity));
    return attempt;
  }

  /** The one before, when it asked the same and dbt wrote how it ended. */
  Optional<Attempt> before(TaskContext context, List<String> identity) throws IOException {
    if (number == 1) {
      return Optional.empty();
    }
    Attempt previous = new Attempt(number - 1, folder(context, number - 1));
    if (!previous.finished() || !Files.isRegularFile(previous.invocation())) {
      return Optional.empty();
    }
    return Files.readString(previous.invocation()).equals(hash(identity))
        ? Optional.of(previous)
        : Optional.empty();
  }

  private static Path folder(TaskContext context, int number) {
    return context.artefactDirectory().resolve("dbt").resolve(Integer.toString(number));
  }

  Path target() {
    return directory.resolve("target");
  }

  Path logs() {
    return directory.resolve("logs");
  }

  Path results() {
    return target().resolve("run_results.json");
  }

  /** Whether dbt came so far as to say how each node ended. */
  boolean finished() {
    return Files.isRegularFile(results());
  }

  private static String hash(List<String> identity) {
    try {
      byte[] bytes = Json.write(identity).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path invocation() {
    return directory.resolve("invocation");
  }

  /** Drops what nobody reads later. */
  void tidy() throws IOException {
    for (String name :
        List.of("graph.gpickle", "graph_summary.json", "partial_parse.msgpack", "perf_info.json")) {
      Files.deleteIfExists(target().resolve(name));
    }
  }

  /** What was left behind, for the outcome. */
  List<Artefact> artefacts(TaskContext context) {
    List<Artefact> artefacts = new ArrayList<>();
    add(artefacts, context, "dbt run results", results(), Files::isRegularFile);
    add(
        artefacts,
        context,
        "dbt source freshness",
        target().resolve("sources.json"),
        Files::isRegularFile);
    add(
        artefacts,
        context,
        "dbt manifest",
        target().resolve("manifest.json"),
        Files::isRegularFile);
    add(artefacts, context, "dbt catalog", target().resolve("catalog.json"), Files::isRegularFile);
    add(artefacts, context, "dbt compiled SQL", target().resolve("compiled"), Files::isDirectory);
    add(artefacts, context, "dbt log", logs().resolve("dbt.log"), Files::isRegularFile);
    return artefacts;
  }

  private static void add(
      List<Artefact> artefacts,
      TaskContext context,
      String label,
      Path path,
      Predicate<Path> there) {
    if (there.test(path)) {
      Path run = context.stateDirectory().resolve("runs").resolve(context.run().runId());
      Path shown =
          path.startsWith(run)
              ? run.relativize(path)
              : Path.of("artefacts", context.step())
                  .resolve(context.artefactDirectory().relativize(path));
      artefacts.add(new Artefact(label, shown.toString().replace('\\', '/')));
    }
  }
}
