package io.headgate.model;

import io.headgate.api.Interval;
import io.headgate.api.Location;
import io.headgate.api.TaskFailure;
import io.headgate.model.node.Node;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What references in a step stand for: in a run, or as samples while a pipeline is checked. */
final class StepValues {
  private StepValues() {}

  /** The values of a run. Reads a secret when a reference to it is met. */
  static Function<Template.Reference, Substitution.Filled> of(
      Values values, Map<String, PipelineFile.Parameter> declared, String step, Secrets secrets) {
    return reference ->
        switch (reference.space()) {
          case "param" -> parameter(reference.name(), values, declared, secrets);
          case "interval" -> Substitution.Filled.text(bound(reference, values, step));
          case "run" -> Substitution.Filled.text(values.runId());
          default -> throw new IllegalStateException("unchecked reference " + reference);
        };
  }

  private static Substitution.Filled parameter(
      String name, Values values, Map<String, PipelineFile.Parameter> declared, Secrets secrets) {
    PipelineFile.@Nullable Parameter parameter = declared.get(name);
    if (parameter == null) {
      throw new IllegalStateException("unchecked parameter " + name);
    }
    if (parameter.secret()) {
      @Nullable String reference = values.parameters().secrets().get(name);
      return Substitution.Filled.text(
          reference == null
              ? ""
              : secrets.fill(Secrets.parse(reference), "parameter " + name, true));
    }
    @Nullable String text = values.parameters().plain().get(name);
    if (text == null) {
      throw TaskFailure.usage(
          "parameter " + name + " has no value", "give --param " + name + "=VALUE");
    }
    return typed(parameter.type(), text);
  }

  private static Substitution.Filled typed(PipelineFile.Parameter.Type type, String text) {
    if (text.isEmpty()) {
      return Substitution.Filled.text(text);
    }
    Object value =
        switch (type) {
          case STRING, ENUM, DATE, PATH -> text;
          case INT -> Long.parseLong(text);
          case NUMBER -> new BigDecimal(text);
          case BOOL -> Boolean.parseBoolean(text);
        };
    return new Substitution.Filled(text, value);
  }

  private static String bound(Template.Reference reference, Values values, String step) {
    Interval interval =
        values
            .interval()
            .orElseThrow(
                () ->
                    TaskFailure.usage(
                        "step %s uses %s and the run has no interval".formatted(step, reference),
                        "give --interval 2021-12-01"));
    return reference.name().equals("start")
        ? local(interval.start(), interval.zone())
        : local(interval.end(), interval.zone());
  }

  /** {@code 2021-12-01T00:00:00+01:00}: the pipeline's local time, and unambiguous. */
  private static String local(Instant instant, ZoneId zone) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx").format(instant.atZone(zone));
  }

  /**
   * A tree with samples for its references.
   *
   * @param invented where a value was made up, so that what does not fit there is no problem
   */
  record Sampled(Node node, Set<Location> invented) {}

  static Sampled sample(Node node, Map<String, PipelineFile.Parameter> declared) {
    Set<Location> invented = new HashSet<>();
    for (Node.Scalar scalar : Substitution.scalars(node)) {
      if (!Substitution.wellFormed(scalar)) {
        invented.add(scalar.location());
        continue;
      }
      for (Template.Reference reference : Substitution.references(scalar)) {
        if (!known(reference, declared)) {
          invented.add(scalar.location());
        }
      }
    }
    return new Sampled(Substitution.fill(node, reference -> sample(reference, declared)), invented);
  }

  private static boolean known(
      Template.Reference reference, Map<String, PipelineFile.Parameter> declared) {
    PipelineFile.@Nullable Parameter parameter = declared.get(reference.name());
    return reference.space().equals("param")
        && parameter != null
        && !parameter.secret()
        && parameter.default_().isPresent();
  }

  private static Substitution.Filled sample(
      Template.Reference reference, Map<String, PipelineFile.Parameter> declared) {
    return switch (reference.space()) {
      case "interval" ->
          Substitution.Filled.text(
              reference.name().equals("start")
                  ? "2000-01-01T00:00:00+00:00"
                  : "2000-01-02T00:00:00+00:00");
      case "run" -> Substitution.Filled.text("0000");
      case "param" -> {
        PipelineFile.@Nullable Parameter parameter = declared.get(reference.name());
        yield parameter == null || parameter.secret()
            ? Substitution.Filled.text("sample")
            : typed(parameter.type(), sample(parameter));
      }
      default -> Substitution.Filled.text("sample");
    };
  }

  private static String sample(PipelineFile.Parameter parameter) {
    if (parameter.default_().isPresent()) {
      return parameter.default_().get();
    }
    if (!parameter.choices().isEmpty()) {
      return parameter.choices().getFirst();
    }
    return switch (parameter.type()) {
      case STRING, ENUM, PATH -> "sample";
      case INT, NUMBER -> "1";
      case BOOL -> "false";
      case DATE -> "2000-01-01";
    };
  }
}
