package io.headgate.model;

import io.headgate.api.ContainerSpec;
import io.headgate.api.Problem;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.StepTraits;
import io.headgate.model.bind.RecordBinder;
import io.headgate.model.bind.RecordShape;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Checks the keys of a step that its kind binds. */
final class StepReader {
  private static final Set<String> COMMON =
      RecordShape.of(PipelineFile.StepFile.class).keys().keySet();

  private final Path directory;
  private final Map<String, PipelineFile.Parameter> parameters;
  private final PipelineDocuments documents;
  private final Map<String, String> connections;
  private final ProblemList problems;

  StepReader(
      Path directory,
      Map<String, PipelineFile.Parameter> parameters,
      PipelineDocuments documents,
      Map<String, ConnectionFile> connections,
      ProblemList problems) {
    this.directory = directory;
    this.parameters = parameters;
    this.documents = documents;
    this.connections = new LinkedHashMap<>();
    connections.forEach((name, file) -> this.connections.put(name, file.kind()));
    this.problems = problems;
  }

  /**
   * Reports what is wrong with a step's own keys.
   *
   * @param allNeeds all steps that it waits for: name to kind
   * @return what an orchestrator must know, if it can be known
   */
  <C extends Record> Optional<Traits> check(
      String name, Node.Mapping step, StepKind<C> kind, SortedMap<String, String> allNeeds) {
    String path = KeyPath.join("steps", name);
    refuseReferencesInCommonKeys(step, path);
    Node.Mapping configuration = configuration(step);
    Substitution.check(configuration, path, parameters.keySet(), problems);
    StepValues.Sampled sampled = StepValues.sample(configuration, parameters);
    ProblemList found = new ProblemList();
    Optional<C> bound =
        new RecordBinder(found)
            .bind(
                LenientSteps.only(sampled.node(), KindSet.keys(kind)), kind.configuration(), path);
    StepScope scope =
        new StepScope(
            directory,
            LenientSteps.name(directory),
            name,
            allNeeds,
            documents.of(kind),
            Optional.of(connections));
    if (bound.isPresent() && documents.valid(kind)) {
      kind.check(bound.get(), scope, found.below(step, path));
    }
    for (Problem problem : found.sorted()) {
      if (!sampled.invented().contains(problem.location())) {
        problems.report(problem.location(), problem.path(), problem.message(), problem.remedy());
      }
    }
    if (bound.filter(config -> kind.traits(config).image() == StepTraits.Image.OWN).isPresent()) {
      refuseSecretParameters(configuration, path);
    }
    if (bound.filter(config -> kind.traits(config).fanOut().isPresent()).isPresent()) {
      refuseReferences(configuration, "fan_out", path);
    }
    return bound.map(config -> new Traits(kind.traits(config), container(kind, configuration)));
  }

  /** What an orchestrator is told of before there is a run. */
  private void refuseReferences(Node.Mapping configuration, String key, String path) {
    if (LenientSteps.value(configuration, key) instanceof Node.Mapping fixed) {
      for (Node.Scalar scalar : Substitution.scalars(fixed)) {
        if (!Substitution.references(scalar).isEmpty()) {
          problems.report(
              scalar.location(),
              path + "." + key,
              "is fixed when the pipeline is compiled",
              "write the value itself");
        }
      }
    }
  }

  /** Kubernetes fills references in, and knows no parameter that is secret. */
  private void refuseSecretParameters(Node.Mapping configuration, String path) {
    for (Node.Scalar scalar : Substitution.scalars(configuration)) {
      if (!Substitution.wellFormed(scalar)) {
        continue;
      }
      for (Template.Reference reference : Substitution.references(scalar)) {
        PipelineFile.@Nullable Parameter parameter = parameters.get(reference.name());
        if (reference.space().equals("param") && parameter != null && parameter.secret()) {
          problems.report(
              scalar.location(),
              path,
              reference + " is secret and cannot go to a container",
              "name the key of a Secret under secrets");
        }
      }
    }
  }

  /** What a kind says of a step to who runs it. */
  record Traits(StepTraits traits, Optional<ContainerSpec> container) {}

  private <C extends Record> Optional<ContainerSpec> container(
      StepKind<C> kind, Node.Mapping configuration) {
    ProblemList problemsWithVariables = new ProblemList();
    return new RecordBinder(problemsWithVariables)
        .bind(
            LenientSteps.only(PodVariables.fill(configuration), KindSet.keys(kind)),
            kind.configuration(),
            "")
        .flatMap(kind::container);
  }

  /** The keys of a step that its kind binds, references not filled in. */
  static Node.Mapping configuration(Node.Mapping step) {
    return LenientSteps.without(step, COMMON);
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
}
