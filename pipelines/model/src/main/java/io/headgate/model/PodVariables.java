package io.headgate.model;

import io.headgate.model.node.Node;
import java.util.Locale;

/**
 * References as Kubernetes fills them in: <code>${param:source}</code> becomes <code>
 * $(HEADGATE_PARAM_SOURCE)</code>, a variable of the pod that has it from the orchestrator.
 */
final class PodVariables {
  private static final char OPEN = '\uE000';
  private static final char CLOSE = '\uE001';

  private PodVariables() {}

  /** The name of the variable that holds what a reference stands for. */
  static String name(Template.Reference reference) {
    return switch (reference.space()) {
      case "param" -> "HEADGATE_PARAM_" + reference.name().toUpperCase(Locale.ROOT);
      case "interval" -> "HEADGATE_INTERVAL_" + reference.name().toUpperCase(Locale.ROOT);
      default -> "HEADGATE_RUN_ID";
    };
  }

  /** The tree with variables for references; what looks like a variable already stays text. */
  static Node fill(Node node) {
    return Substitution.each(
        Substitution.fill(
            node, reference -> Substitution.Filled.text(OPEN + name(reference) + CLOSE)),
        PodVariables::escaped);
  }

  private static Node.Scalar escaped(Node.Scalar scalar) {
    if (!(scalar.value() instanceof String)) {
      return scalar;
    }
    String text =
        scalar
            .text()
            .replace("$(", "$$(")
            .replace(String.valueOf(OPEN), "$(")
            .replace(String.valueOf(CLOSE), ")");
    return new Node.Scalar(text, text, false, scalar.location());
  }
}
