package io.headgate.cli.run;

import io.headgate.api.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One figure that a pipeline is there to find: the value of a published table of one row.
 *
 * @param name of the table
 * @param value number, text, boolean or nothing, as JSON has them
 * @param detail what else there is to say, such as {@code 85 of 91}, or the empty string
 */
public record Answer(String name, @Nullable Object value, String detail) {
  /** The fact under which a step tells its answers: name to value, or to value and detail. */
  public static final String FACT = "answers";

  /** The answers of a step, sorted as the step has them. */
  public static List<Answer> of(Outcome outcome) {
    List<Answer> answers = new ArrayList<>();
    if (outcome.facts().get(FACT) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> answers.add(answer(String.valueOf(name), value)));
    }
    return List.copyOf(answers);
  }

  private static Answer answer(String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> parts) {
      Object detail = parts.get("detail");
      return new Answer(name, parts.get("value"), detail == null ? "" : detail.toString());
    }
    return new Answer(name, value, "");
  }

  /** {@code 0.934 (85 of 91)}. */
  public String words() {
    String text = value == null ? "nothing" : value.toString();
    return detail.isEmpty() ? text : text + " (" + detail + ")";
  }
}
