package io.headgate.model;

import io.headgate.api.Problems;
import io.headgate.api.StepKind;
import io.headgate.api.StepTraits;
import io.headgate.model.bind.DefaultFiller;
import io.headgate.model.bind.Nearest;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Binds and checks one {@code pipeline.yaml} with its documents. Each part is checked even when
 * another is wrong, so that people hear of everything at once.
 */
final class PipelineReader {
  private final Project project;
  private final Path directory;
  private final KindSet kinds;
  private final ProblemList problems;
  private final PipelineDocuments documents;

  PipelineReader(
      Project project, Path directory, String shown, KindSet kinds, ProblemList problems) {
    this.project = project;
    this.directory = directory;
    this.kinds = kinds;
    this.problems = problems;
    this.documents = new PipelineDocuments(new DocumentFiles(directory, shown, problems), problems);
  }

  Optional<Pipeline> read(Node root) {
    int before = problems.size();
    Problems below = problems.below(root, "");
    Names.checkKeys(root, "params", problems);
    Names.checkKeys(root, "steps", problems);
    Optional<PipelineFile> file =
        new RecordBinder(problems)
            .sharing(PipelineFile.StepFile.class, this::keysOfKind)
            .bind(root, PipelineFile.class, "");
    Map<String, Node.Mapping> steps = LenientSteps.steps(root);
    StepGraph graph = checkNeeds(steps, below);
    new PipelineChecks(project, root, steps.keySet(), graph, below)
        .check(LenientSteps.name(directory));
    StepReader reader =
        new StepReader(
            directory,
            new ParameterReader(problems).read(root),
            documents,
            project.file().connections(),
            problems);
    Map<String, StepReader.Traits> traits = new LinkedHashMap<>();
    steps.forEach(
        (name, step) -> {
          Optional<String> kind = LenientSteps.text(step, "kind");
          Optional<StepKind<?>> known = kind.flatMap(kinds::find);
          if (known.isPresent()) {
            reader
                .check(name, step, known.get(), kindsOf(graph.allNeeds(name), steps))
                .ifPresent(found -> traits.put(name, found));
          } else if (kind.isPresent()) {
            below.report(
                KeyPath.join("steps", name) + ".kind",
                "no kind \"" + kind.get() + "\"",
                Nearest.hintOrList(kind.get(), kinds.names()));
          }
        });
    file.ifPresent(bound -> refuseWhatHasPodsOfItsOwn(bound, traits, below));
    return problems.size() == before
        ? file.map(bound -> pipeline(steps, bound, graph, traits))
        : Optional.empty();
  }

  private static void refuseWhatHasPodsOfItsOwn(
      PipelineFile file, Map<String, StepReader.Traits> traits, Problems problems) {
    for (int group = 0; group < file.fuse().size(); group++) {
      List<String> steps = file.fuse().get(group);
      for (int i = 0; i < steps.size(); i++) {
        StepReader.@Nullable Traits known = traits.get(steps.get(i));
        String path = KeyPath.item(KeyPath.item("fuse", group), i);
        if (known != null && known.traits().image() == StepTraits.Image.OWN) {
          problems.report(
              path, "\"" + steps.get(i) + "\" has an image of its own", "take it out of the group");
        }
        if (known != null && known.traits().fanOut().isPresent()) {
          problems.report(
              path,
              "\"" + steps.get(i) + "\" fans out to pods of its own",
              "take it out of the group, or remove its fan_out");
        }
      }
    }
  }

  private Set<String> keysOfKind(Node.Mapping step) {
    return LenientSteps.text(step, "kind")
        .flatMap(kinds::find)
        .map(KindSet::keys)
        .orElse(step.entries().keySet());
  }

  private static StepGraph checkNeeds(Map<String, Node.Mapping> steps, Problems problems) {
    Map<String, List<String>> needs = new LinkedHashMap<>();
    steps.forEach((name, step) -> needs.put(name, LenientSteps.texts(step, "needs")));
    steps.forEach(
        (name, step) -> {
          List<String> named = LenientSteps.texts(step, "needs");
          boolean list = LenientSteps.value(step, "needs") instanceof Node.Sequence;
          String path = KeyPath.join("steps", name) + ".needs";
          for (int i = 0; i < named.size(); i++) {
            if (!needs.containsKey(named.get(i))) {
              problems.report(
                  list ? KeyPath.item(path, i) : path,
                  "no step \"" + named.get(i) + "\"",
                  Nearest.hintOrList(named.get(i), needs.keySet()));
            }
          }
        });
    StepGraph graph = new StepGraph(needs);
    for (List<String> cycle : graph.cycles()) {
      problems.report(
          KeyPath.join("steps", cycle.getFirst()) + ".needs",
          "steps wait for each other: " + String.join(" → ", cycle),
          "take one of these needs out");
    }
    return graph;
  }

  private static SortedMap<String, String> kindsOf(
      Set<String> names, Map<String, Node.Mapping> steps) {
    SortedMap<String, String> found = new TreeMap<>();
    steps.forEach(
        (name, step) -> {
          if (names.contains(name)) {
            found.put(name, LenientSteps.text(step, "kind").orElse(""));
          }
        });
    return found;
  }

  private Pipeline pipeline(
      Map<String, Node.Mapping> nodes,
      PipelineFile file,
      StepGraph graph,
      Map<String, StepReader.Traits> traits) {
    List<Pipeline.Step> steps = new ArrayList<>();
    Map<String, Set<String>> masked = new TreeMap<>();
    for (String name : graph.order()) {
      PipelineFile.StepFile step = Objects.requireNonNull(file.steps().get(name));
      StepKind<?> kind = kinds.find(step.kind()).orElseThrow();
      DocumentSet own = documents.of(kind);
      DocumentSet.merge(masked, own.maskedColumns());
      StepReader.Traits known =
          traits.getOrDefault(
              name,
              new StepReader.Traits(StepTraits.of(StepTraits.Image.HEADGATE), Optional.empty()));
      steps.add(
          new Pipeline.Step(
              name,
              step,
              kindsOf(graph.allNeeds(name), nodes),
              DefaultFiller.fill(
                  StepReader.configuration(Objects.requireNonNull(nodes.get(name))),
                  kind.configuration()),
              own.filled(kind.documents()),
              known.traits(),
              known.container()));
    }
    return new Pipeline(directory, file, new Parameters(file.params()), steps, masked);
  }
}
