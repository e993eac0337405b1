package io.headgate.model;

import io.headgate.api.Location;
import io.headgate.api.StepKind;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import io.headgate.model.node.YamlTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads pipelines. The entry of this module, with {@link Project} and {@link ResolvedStep}. */
public final class Pipelines {
  /** The file that makes a folder a pipeline. */
  public static final String FILE = "pipeline.yaml";

  private Pipelines() {}

  /**
   * Reads {@code pipeline.yaml} and the documents beside it, and checks everything that can be
   * checked without a store.
   *
   * @param directory as {@link Project#pipelineDirectory} gives it
   */
  public static Loaded<Pipeline> load(Project project, Path directory, List<StepKind<?>> kinds) {
    ProblemList problems = new ProblemList();
    Path folder = directory.toAbsolutePath().normalize();
    String shown = project.directory().relativize(folder).toString().replace('\\', '/') + "/";
    if (leaves(project.directory(), folder.resolve(FILE))) {
      problems.report(
          new Location(shown + FILE, 1, 1),
          "",
          "leads out of the project",
          "copy the folder into the project");
      return Loaded.invalid(problems.sorted());
    }
    Optional<Node> root = YamlTree.read(folder.resolve(FILE), shown + FILE, problems);
    Optional<Pipeline> pipeline =
        root.flatMap(
            node ->
                new PipelineReader(project, folder, shown, new KindSet(kinds), problems)
                    .read(node));
    return pipeline
        .filter(valid -> problems.isEmpty())
        .map(Loaded::of)
        .orElseGet(() -> Loaded.invalid(problems.sorted()));
  }

  /** Resolves every step. Deterministic: the same files give the same bytes. */
  public static CompiledPipeline compile(Project project, Pipeline pipeline) {
    return new Compiler(project, pipeline).compile();
  }

  private static boolean leaves(Path project, Path file) {
    try {
      return !file.toRealPath().startsWith(project.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }
}
