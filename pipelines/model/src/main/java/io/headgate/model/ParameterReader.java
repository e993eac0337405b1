package io.headgate.model;

import io.headgate.model.bind.RecordBinder;
import io.headgate.model.node.KeyPath;
import io.headgate.model.node.Node;
import io.headgate.model.node.ProblemList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks the declarations of parameters, and gives those that can be used. */
final class ParameterReader {
  private static final String NO_NUMBER = "only an int or a number has bounds";

  private final ProblemList problems;

  ParameterReader(ProblemList problems) {
    this.problems = problems;
  }

  /**
   * Reads {@code params}. What types alone can say is reported with the whole file. A parameter
   * that is wrong stands as plain text, so that references to it are no problem of their own.
   */
  Map<String, PipelineFile.Parameter> read(Node root) {
    Map<String, PipelineFile.Parameter> parameters = new LinkedHashMap<>();
    if (LenientSteps.value(root, "params") instanceof Node.Mapping named) {
      named
          .entries()
          .forEach(
              (name, entry) -> {
                ProblemList already = new ProblemList();
                String path = KeyPath.join("params", name);
                PipelineFile.Parameter parameter =
                    new RecordBinder(already)
                        .bind(entry.value(), PipelineFile.Parameter.class, path)
                        .filter(bound -> check(root, path, bound))
                        .orElseGet(ParameterReader::anything);
                parameters.put(name, parameter);
              });
    }
    return parameters;
  }

  private static PipelineFile.Parameter anything() {
    return new PipelineFile.Parameter(
        PipelineFile.Parameter.Type.STRING,
        java.util.Optional.empty(),
        List.of(),
        java.util.Optional.empty(),
        java.util.Optional.empty(),
        java.util.Optional.empty(),
        false,
        "");
  }

  private boolean check(Node root, String path, PipelineFile.Parameter parameter) {
    int before = problems.size();
    if (parameter.type() == PipelineFile.Parameter.Type.ENUM && parameter.choices().isEmpty()) {
      report(root, path + ".choices", "missing", "an enum needs its choices");
    }
    if (parameter.secret() && !parameter.choices().isEmpty()) {
      report(root, path + ".choices", "a secret cannot have choices", "");
    }
    checkBounds(root, path, parameter);
    if (parameter.required().orElse(false) && parameter.default_().isPresent()) {
      report(root, path + ".required", "has a default and is required", "keep one of the two");
    }
    parameter
        .default_()
        .ifPresent(
            value -> {
              try {
                ParameterValue.check(parameter, value);
              } catch (IllegalArgumentException e) {
                report(root, path + ".default", String.valueOf(e.getMessage()), "");
              }
            });
    return problems.size() == before;
  }

  private void checkBounds(Node root, String path, PipelineFile.Parameter parameter) {
    boolean number =
        parameter.type() == PipelineFile.Parameter.Type.INT
            || parameter.type() == PipelineFile.Parameter.Type.NUMBER;
    if (!number || parameter.secret()) {
      parameter.min().ifPresent(least -> report(root, path + ".min", NO_NUMBER, ""));
      parameter.max().ifPresent(most -> report(root, path + ".max", NO_NUMBER, ""));
    } else if (parameter.min().isPresent()
        && parameter.max().isPresent()
        && parameter.min().get().compareTo(parameter.max().get()) > 0) {
      report(root, path + ".min", "is more than max", "turn them round");
    }
  }

  private void report(Node root, String path, String message, String remedy) {
    problems.below(root, "").report(path, message, remedy);
  }
}
