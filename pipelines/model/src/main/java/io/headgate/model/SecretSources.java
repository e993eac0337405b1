package io.headgate.model;

import io.headgate.api.ContainerSpec;
import io.headgate.api.StepTraits;
import io.headgate.model.Manifest.EnvSecret;
import io.headgate.model.Manifest.FileSecret;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the secrets that a step uses at a target come from: the references in its connections and
 * secret parameters, each with a key of a Secret.
 */
final class SecretSources {
  private final ProjectFile project;
  private final Pipeline pipeline;

  SecretSources(ProjectFile project, Pipeline pipeline) {
    this.project = project;
    this.pipeline = pipeline;
  }

  Manifest.Secrets of(Pipeline.Step step, ProjectFile.Target target) {
    ProjectFile.Pods pods = target.pods();
    SortedMap<String, EnvSecret> variables = new TreeMap<>();
    SortedMap<String, FileSecret> files = new TreeMap<>();
    for (Template.Reference reference : references(step, target)) {
      if (reference.space().equals("env")) {
        variable(reference.name(), pods, variables);
      } else {
        file(reference.name(), pods, files);
      }
    }
    step.container()
        .map(ContainerSpec::secrets)
        .orElse(Map.of())
        .forEach(
            (name, from) -> variables.put(name, new EnvSecret(name, from.secret(), from.key())));
    return new Manifest.Secrets(List.copyOf(variables.values()), List.copyOf(files.values()));
  }

  private static void variable(
      String name, ProjectFile.Pods pods, Map<String, EnvSecret> variables) {
    if (pods.env().containsKey(name)) {
      return;
    }
    ProjectFile.@Nullable SecretKey from = pods.secrets().get(name);
    variables.put(
        name,
        from == null
            ? new EnvSecret(name, pods.secret(), name)
            : new EnvSecret(name, from.secret(), from.key()));
  }

  /** A relative path that nothing says more of is a file of the project, and in its image. */
  private static void file(String path, ProjectFile.Pods pods, Map<String, FileSecret> files) {
    ProjectFile.@Nullable SecretKey from = pods.files().get(path);
    Path name = Path.of(path).getFileName();
    if (from != null) {
      files.put(path, new FileSecret(path, from.secret(), from.key()));
    } else if (path.startsWith("/") && name != null) {
      files.put(path, new FileSecret(path, pods.secret(), name.toString()));
    }
  }

  private Set<Template.Reference> references(Pipeline.Step step, ProjectFile.Target target) {
    Set<Template.Reference> references = new LinkedHashSet<>();
    for (String name : connections(step, target)) {
      @Nullable ConnectionFile connection = project.connections().get(name);
      if (connection != null) {
        connection
            .properties()
            .values()
            .forEach(text -> references.addAll(Secrets.parse(text).references()));
      }
    }
    for (String name : Substitution.parameters(step.configuration())) {
      PipelineFile.@Nullable Parameter parameter = pipeline.file().params().get(name);
      if (parameter != null && parameter.secret()) {
        parameter.default_().ifPresent(text -> references.addAll(Secrets.parse(text).references()));
      }
    }
    return references;
  }

  private Set<String> connections(Pipeline.Step step, ProjectFile.Target target) {
    Set<String> names = new LinkedHashSet<>(step.traits().connections());
    if (step.traits().image() != StepTraits.Image.OWN) {
      ProjectFile.@Nullable Warehouse warehouse =
          target.warehouses().get(pipeline.file().warehouse());
      if (warehouse != null) {
        names.add(warehouse.connection());
      }
      target.storage().ifPresent(names::add);
    }
    return names;
  }
}
