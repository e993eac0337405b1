package io.headgate.cli.project;

import io.headgate.api.TaskFailure;
import io.headgate.cli.run.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a project with a first pipeline that runs as it is. Overwrites nothing. */
public final class NewProject {
  /** Larger files stay where they are. */
  private static final long LARGEST_COPY = 50_000_000;

  private static final String CONTRACT_SCHEMA =
      "# yaml-language-server: $schema=../../../.headgate/schemas/contract.schema.json\n";

  private final Path directory;
  private final String pipeline;
  private final List<Path> written = new ArrayList<>();

  private NewProject(Path directory, String pipeline) {
    this.directory = directory;
    this.pipeline = pipeline;
  }

  /**
   * What was made.
   *
   * @param files all that was written
   */
  public record Made(String pipeline, List<Path> files) {
    public Made {
      files = List.copyOf(files);
    }
  }

  /**
   * A file to begin with.
   *
   * @param path absolute
   * @param contract its contract as YAML
   */
  public record First(Path path, String contract) {}

  /**
   * Writes the project.
   *
   * @param directory may exist; must hold no file that would be written
   * @param first a CSV file of the user; invented orders when there is none
   * @throws TaskFailure 64 when a file is there already
   */
  public static Made write(Path directory, Optional<First> first) {
    Path root = directory.toAbsolutePath().normalize();
    Path name = root.getFileName();
    NewProject project = new NewProject(root, identifier(name == null ? "" : name.toString()));
    try {
      project.write(first);
    } catch (IOException e) {
      throw Storage.failure(root, e);
    }
    return new Made(project.pipeline, project.written);
  }

  /** A name that every store and file system takes: letters, digits and underscores. */
  public static String identifier(String text) {
    String name =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_+|_+$", "");
    if (name.isEmpty()) {
      return "first";
    }
    return Character.isDigit(name.charAt(0)) ? "t_" + name : name;
  }

  private void write(Optional<First> first) throws IOException {
    String file = first.map(one -> one.path().getFileName().toString()).orElse("orders.csv");
    String table = identifier(file.replaceAll("\\..*$", ""));
    boolean copies = first.isEmpty() || Files.size(first.get().path()) <= LARGEST_COPY;
    Path folder = pipelineFolder();
    Map<Path, String> texts = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    values.put("@PIPELINE@", pipeline);
    values.put("@TABLE@", table);
    values.put("@FILE@", file);
    values.put(
        "@SOURCE@", copies ? "data" : first.orElseThrow().path().resolveSibling("").toString());
    texts.put(directory.resolve("headgate.yaml"), filled("headgate.yaml", values));
    texts.put(directory.resolve(".gitignore"), filled("gitignore", values));
    texts.put(directory.resolve("README.md"), filled("README.md", values));
    texts.put(folder.resolve("pipeline.yaml"), filled("pipeline.yaml", values));
    texts.put(
        folder.resolve("contracts").resolve(table + ".yaml"),
        CONTRACT_SCHEMA
            + first.map(First::contract).orElseGet(() -> filled("orders.yaml", values)));
    Path data = directory.resolve("data").resolve(file);
    if (first.isEmpty()) {
      texts.put(data, filled("orders.csv", values));
    }
    refuseExisting(texts.keySet());
    for (Map.Entry<Path, String> text : texts.entrySet()) {
      Files.createDirectories(text.getKey().getParent());
      Files.writeString(text.getKey(), text.getValue());
      written.add(text.getKey());
    }
    if (first.isPresent() && copies && !Files.exists(data)) {
      Files.createDirectories(data.getParent());
      Files.copy(first.get().path(), data, StandardCopyOption.COPY_ATTRIBUTES);
      written.add(data);
    }
  }

  private Path pipelineFolder() {
    return directory.resolve("pipelines").resolve(pipeline);
  }

  private void refuseExisting(Iterable<Path> files) {
    for (Path file : files) {
      if (Files.exists(file)) {
        throw TaskFailure.usage(file + " exists; nothing was written", "name a new folder");
      }
    }
  }

  private static String filled(String resource, Map<String, String> values) {
    try (InputStream in = NewProject.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> value : values.entrySet()) {
        text = text.replace(value.getKey(), value.getValue());
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
