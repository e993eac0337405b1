package io.headgate.model;

import io.headgate.api.DocumentKind;
import io.headgate.api.Problem;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.model.bind.Nearest;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.bind.RecordShape;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Binds and checks one {@code pipeline.yaml} with its documents. Each part is checked even when
 * another is wrong, so that people hear of everything at once.
 */
final class PipelineReader {
  private static final Set<String> COMMON =
      RecordShape.of(PipelineFile.StepFile.class).keys().keySet();

  private final Project project;
  private final Path directory;
  private final KindSet kinds;
  private final ProblemList problems;
  private final DocumentFiles files;
  private final Map<String, SortedMap<String, Node>> documents = new LinkedHashMap<>();
  private final Map<String, DocumentSet> documentsByKind = new LinkedHashMap<>();

  PipelineReader(
      Project project, Path directory, String shown, KindSet kinds, ProblemList problems) {
    this.project = project;
    this.directory = directory;
    this.kinds = kinds;
    this.problems = problems;
    this.files = new DocumentFiles(directory, shown, problems);
  }

  Optional<Pipeline> read(Node root) {
    int before = problems.size();
    Names.checkKeys(root, "params", problems);
    Names.checkKeys(root, "steps", problems);
    Optional<PipelineFile> file =
        new RecordBinder(problems)
            .sharing(PipelineFile.StepFile.class, this::keysOfKind)
            .bind(root, PipelineFile.class, "");
    Map<String, Node.Mapping> steps = LenientSteps.steps(root);
    StepGraph graph = checkNeeds(root, steps);
    Map<String, PipelineFile.Parameter> parameters = new ParameterReader(problems).read(root);
    Map<String, Node.Mapping> configurations = new LinkedHashMap<>();
    steps.forEach(
        (name, step) ->
            LenientSteps.text(step, "kind")
                .ifPresent(
                    kind ->
                        kinds
                            .find(kind)
                            .ifPresentOrElse(
                                known ->
                                    configurations.put(
                                        name,
                                        checkStep(name, step, known, steps, graph, parameters)),
                                () -> unknownKind(root, name, kind))));
    new PipelineChecks(project, root, steps.keySet(), graph, problems.below(root, ""))
        .check(directory.getFileName().toString());
    return problems.size() == before
        ? file.map(bound -> pipeline(root, bound, graph, configurations))
        : Optional.empty();
  }

  private Set<String> keysOfKind(Node.Mapping step) {
    return LenientSteps.text(step, "kind")
        .flatMap(kinds::find)
        .map(KindSet::keys)
        .orElse(step.entries().keySet());
  }

  private void unknownKind(Node root, String step, String kind) {
    problems
        .below(root, "")
        .report(
            "steps." + step + ".kind",
            "no kind \"" + kind + "\"",
            Nearest.hintOrList(kind, kinds.names()));
  }

  private StepGraph checkNeeds(Node root, Map<String, Node.Mapping> steps) {
    Map<String, List<String>> needs = new LinkedHashMap<>();
    steps.forEach((name, step) -> needs.put(name, LenientSteps.texts(step, "needs")));
    needs.forEach(
        (name, named) -> {
          for (int i = 0; i < named.size(); i++) {
            String need = named.get(i);
            if (!needs.containsKey(need)) {
              boolean list =
                  steps.get(name).entries().get("needs") instanceof Node.Entry entry
                      && entry.value() instanceof Node.Sequence;
              String path = KeyPath.join("steps", name) + ".needs";
              problems
                  .below(root, "")
                  .report(
                      list ? KeyPath.item(path, i) : path,
                      "no step \"" + need + "\"",
                      Nearest.hintOrList(need, needs.keySet()));
            }
          }
        });
    StepGraph graph = new StepGraph(needs);
    for (List<String> cycle : graph.cycles()) {
      problems
          .below(root, "")
          .report(
              "steps." + cycle.getFirst() + ".needs",
              "steps wait for each other: " + String.join(" → ", cycle),
              "take one of these needs out");
    }
    return graph;
  }

  /** The step's own keys, as they are written; reports what is wrong with them. */
  private <C extends Record> Node.Mapping checkStep(
      String name,
      Node.Mapping step,
      StepKind<C> kind,
      Map<String, Node.Mapping> steps,
      StepGraph graph,
      Map<String, PipelineFile.Parameter> parameters) {
    String path = KeyPath.join("steps", name);
    refuseReferencesInCommonKeys(step, path);
    Node.Mapping configuration = LenientSteps.without(step, COMMON);
    Substitution.check(configuration, path, parameters.keySet(), problems);
    DocumentSet ownDocuments = documents(kind);
    StepValues.Sampled sampled = StepValues.sample(configuration, parameters);
    Node.Mapping known = LenientSteps.only((Node.Mapping) sampled.node(), KindSet.keys(kind));
    ProblemList found = new ProblemList();
    Optional<C> bound = new RecordBinder(found).bind(known, kind.configuration(), path);
    if (bound.isPresent() && !documentsFailed(kind)) {
      StepScope scope =
          new StepScope(
              directory,
              directory.getFileName().toString(),
              name,
              kindsOf(graph.allNeeds(name), steps),
              ownDocuments);
      kind.check(bound.get(), scope, found.below(step, path));
    }
    for (Problem problem : found.sorted()) {
      if (!sampled.invented().contains(problem.location())) {
        problems.report(problem.location(), problem.path(), problem.message(), problem.remedy());
      }
    }
    return configuration;
  }

  private void refuseReferencesInCommonKeys(Node.Mapping step, String path) {
    for (String key : COMMON) {
      if (step.entries().get(key) instanceof Node.Entry entry && !key.equals("description")) {
        for (Node.Scalar scalar : Substitution.scalars(entry.value())) {
          if (scalar.text().contains("${")) {
            problems.report(
                scalar.location(),
                KeyPath.join(path, key),
                "a reference may only stand in the keys of the kind",
                "");
          }
        }
      }
    }
  }

  private final Set<String> failedDocuments = new LinkedHashSet<>();

  private boolean documentsFailed(StepKind<?> kind) {
    return kind.documents().stream().anyMatch(d -> failedDocuments.contains(d.name()));
  }

  private DocumentSet documents(StepKind<?> kind) {
    return documentsByKind.computeIfAbsent(
        kind.name(),
        name -> {
          Map<String, SortedMap<String, Node>> own = new LinkedHashMap<>();
          for (DocumentKind<?> documentKind : kind.documents()) {
            int before = problems.size();
            boolean first = !documents.containsKey(documentKind.name());
            SortedMap<String, Node> nodes =
                documents.computeIfAbsent(documentKind.name(), key -> files.read(documentKind));
            own.put(documentKind.name(), nodes);
            if (first) {
              DocumentSet.bind(List.of(documentKind), Map.of(documentKind.name(), nodes), problems);
            }
            if (problems.size() > before) {
              failedDocuments.add(documentKind.name());
            }
          }
          return DocumentSet.bind(kind.documents(), own, new ProblemList());
        });
  }

  private static SortedMap<String, String> kindsOf(
      Set<String> names, Map<String, Node.Mapping> steps) {
    SortedMap<String, String> found = new TreeMap<>();
    for (String name : names) {
      found.put(name, LenientSteps.text(steps.get(name), "kind").orElse(""));
    }
    return found;
  }

  private Pipeline pipeline(
      Node root, PipelineFile file, StepGraph graph, Map<String, Node.Mapping> configurations) {
    Map<String, Node.Mapping> raw = LenientSteps.steps(root);
    List<Pipeline.Step> steps = new ArrayList<>();
    for (String name : graph.order()) {
      PipelineFile.StepFile step = file.steps().get(name);
      DocumentSet set = documentsByKind.get(step.kind());
      steps.add(
          new Pipeline.Step(
              name,
              step,
              kindsOf(graph.allNeeds(name), raw),
              configurations.get(name),
              set.nodes()));
    }
    return new Pipeline(directory, file, new Parameters(file.params()), steps);
  }
}
