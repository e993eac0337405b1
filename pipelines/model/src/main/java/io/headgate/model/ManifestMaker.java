package io.headgate.model;

import io.headgate.api.ContainerSpec;
import io.headgate.api.StoragePlace;
import io.headgate.model.Manifest.Asset;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells an orchestrator of a pipeline. */
final class ManifestMaker {
  private final Project project;
  private final Pipeline pipeline;
  private final SecretSources secrets;
  private final Map<String, String> groupByStep = new LinkedHashMap<>();

  ManifestMaker(Project project, Pipeline pipeline) {
    this.project = project;
    this.pipeline = pipeline;
    this.secrets = new SecretSources(project.file(), pipeline);
    for (List<String> group : pipeline.file().fuse()) {
      group.forEach(step -> groupByStep.put(step, FusedGroup.name(group)));
    }
  }

  /**
   * The manifest, its hash left empty.
   *
   * @param hashes of the resolved steps, by name
   */
  Manifest make(String directory, Optional<String> docs, Map<String, String> hashes) {
    PipelineFile file = pipeline.file();
    List<Manifest.Step> steps = pipeline.steps().stream().map(step -> step(step, hashes)).toList();
    return new Manifest(
        Compiler.FORMAT,
        "",
        file.name(),
        directory,
        file.description(),
        docs,
        file.owner(),
        file.tags(),
        file.schedule().map(ManifestMaker::schedule),
        pipeline.timezone().getId(),
        file.maxActiveRuns(),
        params(file),
        file.warehouse(),
        steps,
        file.fuse().stream().map(group -> group(group, steps)).toList(),
        alerts(file.alerts()),
        project.file().defaultTarget(),
        targets());
  }

  private static Manifest.Schedule schedule(PipelineFile.Schedule schedule) {
    return new Manifest.Schedule(
        schedule.cron().map(Cron::text),
        schedule.after(),
        schedule.start().map(Object::toString),
        schedule.catchUp(),
        word(schedule.covers()));
  }

  /** Secret ones are left out: an orchestrator must neither ask for them nor show them. */
  private static Map<String, Manifest.Param> params(PipelineFile file) {
    Map<String, Manifest.Param> params = new LinkedHashMap<>();
    file.params()
        .forEach(
            (name, parameter) -> {
              if (!parameter.secret()) {
                params.put(name, param(name, parameter));
              }
            });
    return params;
  }

  private static Manifest.Param param(String name, PipelineFile.Parameter parameter) {
    boolean required = parameter.default_().isEmpty() && parameter.required().orElse(true);
    boolean absent = parameter.default_().isEmpty() && !required;
    Map<String, Object> schema = new LinkedHashMap<>();
    String type =
        switch (parameter.type()) {
          case STRING, DATE, PATH, ENUM -> "string";
          case INT -> "integer";
          case NUMBER -> "number";
          case BOOL -> "boolean";
        };
    schema.put("type", absent ? List.of("null", type) : type);
    if (!parameter.choices().isEmpty()) {
      List<@Nullable Object> choices = new ArrayList<>();
      parameter.choices().forEach(choice -> choices.add(typed(parameter.type(), choice)));
      if (absent) {
        choices.add(null);
      }
      schema.put("enum", choices);
    }
    Manifest.bounds(schema, parameter.min(), parameter.max());
    if (parameter.type() == PipelineFile.Parameter.Type.DATE) {
      schema.put("format", "date");
    }
    schema.put("title", name);
    if (!parameter.description().isEmpty()) {
      schema.put("description", parameter.description());
    }
    return new Manifest.Param(
        word(parameter.type()),
        parameter
            .default_()
            .map(text -> typed(parameter.type(), ParameterValue.check(parameter, text))),
        required,
        schema);
  }

  private static Object typed(PipelineFile.Parameter.Type type, String text) {
    return switch (type) {
      case STRING, DATE, PATH, ENUM -> text;
      case INT -> Long.parseLong(text);
      case NUMBER -> new BigDecimal(text);
      case BOOL -> Boolean.parseBoolean(text);
    };
  }

  private Manifest.Step step(Pipeline.Step step, Map<String, String> hashes) {
    PipelineFile.StepFile file = step.file();
    return new Manifest.Step(
        step.name(),
        step.kind(),
        step.needs(),
        Optional.ofNullable(groupByStep.get(step.name())),
        file.description(),
        word(step.traits().image()),
        step.container().map(container -> container(step, container)),
        step.traits()
            .fanOut()
            .map(spread -> new Manifest.FanOut(spread.by(), spread.limit(), spread.slices())),
        new Manifest.Retries(
            file.retries().max(),
            seconds(file.retries().delay()),
            file.retries().backoff(),
            seconds(file.retries().maxDelay())),
        file.timeout().map(ManifestMaker::seconds),
        new Manifest.Resources(
            file.resources().cpu().map(Quantity::text),
            file.resources().memory().map(Quantity::text),
            file.resources().spill().map(Quantity::text)),
        file.pool(),
        file.profile(),
        needsInterval(step),
        assets(step),
        secrets(step),
        java.util.Objects.requireNonNull(hashes.get(step.name())));
  }

  private Manifest.Container container(Pipeline.Step step, ContainerSpec container) {
    return new Manifest.Container(
        container.image(),
        container.command(),
        container.args(),
        container.environment(),
        Substitution.parameters(step.configuration()).stream().sorted().toList());
  }

  private static boolean needsInterval(Pipeline.Step step) {
    return Substitution.scalars(step.configuration()).stream()
        .flatMap(scalar -> Substitution.references(scalar).stream())
        .anyMatch(reference -> reference.space().equals("interval"));
  }

  private List<Asset> assets(Pipeline.Step step) {
    List<Asset> assets = new ArrayList<>();
    if (step.kind().equals("publish") || !step.traits().publishes().isEmpty()) {
      assets.add(new Asset(pipeline.name(), "headgate://" + pipeline.name()));
    }
    for (String table : step.traits().publishes()) {
      assets.add(
          new Asset(pipeline.name() + "." + table, "headgate://" + pipeline.name() + "/" + table));
    }
    return assets;
  }

  private Map<String, Manifest.Secrets> secrets(Pipeline.Step step) {
    Map<String, Manifest.Secrets> byTarget = new LinkedHashMap<>();
    project
        .file()
        .targets()
        .forEach((name, target) -> byTarget.put(name, secrets.of(step, target)));
    return byTarget;
  }

  private static Manifest.Group group(List<String> names, List<Manifest.Step> all) {
    List<Manifest.Step> members =
        names.stream()
            .flatMap(name -> all.stream().filter(step -> step.name().equals(name)))
            .toList();
    return new Manifest.Group(
        FusedGroup.name(names),
        names,
        members.stream()
            .flatMap(step -> step.needs().stream())
            .filter(need -> !names.contains(need))
            .distinct()
            .toList(),
        members.stream().anyMatch(step -> step.image().equals("headgate-python"))
            ? "headgate-python"
            : "headgate",
        new Manifest.Retries(
            members.stream().mapToInt(step -> step.retries().max()).max().orElse(0),
            most(members.stream().map(step -> step.retries().delaySeconds()).toList()),
            members.stream().mapToDouble(step -> step.retries().backoff()).max().orElse(2),
            most(members.stream().map(step -> step.retries().maxDelaySeconds()).toList())),
        members.stream().allMatch(step -> step.timeoutSeconds().isPresent())
            ? Optional.of(
                sum(members.stream().flatMap(step -> step.timeoutSeconds().stream()).toList()))
            : Optional.empty(),
        new Manifest.Resources(
            largest(members.stream().flatMap(step -> step.resources().cpu().stream()).toList()),
            largest(members.stream().flatMap(step -> step.resources().memory().stream()).toList()),
            largest(members.stream().flatMap(step -> step.resources().spill().stream()).toList())),
        members.stream().flatMap(step -> step.pool().stream()).findFirst(),
        members.stream().flatMap(step -> step.profile().stream()).findFirst(),
        members.stream().anyMatch(Manifest.Step::needsInterval),
        together(members));
  }

  private static Map<String, Manifest.Secrets> together(List<Manifest.Step> members) {
    Map<String, Manifest.Secrets> byTarget = new LinkedHashMap<>();
    for (String target : members.getFirst().secrets().keySet()) {
      Map<String, Manifest.EnvSecret> variables = new TreeMap<>();
      Map<String, Manifest.FileSecret> files = new TreeMap<>();
      for (Manifest.Step step : members) {
        Manifest.Secrets own = java.util.Objects.requireNonNull(step.secrets().get(target));
        own.env().forEach(one -> variables.put(one.name(), one));
        own.files().forEach(one -> files.put(one.path(), one));
      }
      byTarget.put(
          target,
          new Manifest.Secrets(List.copyOf(variables.values()), List.copyOf(files.values())));
    }
    return byTarget;
  }

  private static Number most(List<Number> values) {
    return values.stream().max(ManifestMaker::compare).orElse(0L);
  }

  private static int compare(Number one, Number other) {
    return Double.compare(one.doubleValue(), other.doubleValue());
  }

  private static Number sum(List<Number> values) {
    double sum = values.stream().mapToDouble(Number::doubleValue).sum();
    return sum == Math.rint(sum) ? (Number) (long) sum : (Number) sum;
  }

  private static Optional<String> largest(List<String> amounts) {
    return amounts.stream().max((a, b) -> Quantity.amount(a).compareTo(Quantity.amount(b)));
  }

  private Map<String, Manifest.Target> targets() {
    Map<String, Manifest.Target> targets = new LinkedHashMap<>();
    project
        .file()
        .targets()
        .forEach(
            (name, target) -> {
              ProjectFile.@Nullable Warehouse warehouse =
                  target.warehouses().get(pipeline.file().warehouse());
              if (warehouse != null) {
                targets.put(name, target(name, target, warehouse));
              }
            });
    return targets;
  }

  private Manifest.Target target(
      String name, ProjectFile.Target target, ProjectFile.Warehouse warehouse) {
    String store =
        Optional.ofNullable(project.file().connections().get(warehouse.connection()))
            .map(ConnectionFile::kind)
            .orElse("");
    return new Manifest.Target(
        notForPods(target, store),
        target.protected_().orElse(name.equals("prod")),
        store,
        warehouse.schema().orElse(pipeline.name()),
        target.state(),
        target.pods());
  }

  /** A pod's disk goes with it, and no other pod sees it. */
  private static Optional<String> notForPods(ProjectFile.Target target, String store) {
    if (store.equals("duckdb")) {
      return Optional.of("its warehouse is a file");
    }
    if (local(target.state())) {
      return Optional.of("its state is a folder: name an address such as s3://bucket/prefix");
    }
    if (local(target.landing())) {
      return Optional.of("its landing is a folder: name an address such as s3://bucket/prefix");
    }
    return Optional.empty();
  }

  /** An absolute path may be a volume that pods share. */
  private static boolean local(String place) {
    return !StoragePlace.isAddress(place) && !Path.of(place).isAbsolute();
  }

  private static Manifest.Alerts alerts(PipelineFile.Alerts alerts) {
    Map<String, Number> freshness = new LinkedHashMap<>();
    alerts.freshness().forEach((table, age) -> freshness.put(table, seconds(age)));
    return new Manifest.Alerts(
        alerts.runbook(),
        word(alerts.severity()),
        alerts.deadline().map(ManifestMaker::seconds),
        freshness);
  }

  private static Number seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? (Number) duration.toSeconds()
        : (Number) (duration.toMillis() / 1000.0);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
