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
  /** The fact under which a step tells its answers: name to value. */
  public static final String FACT = "answers";

  /** The fact with what else there is to say: name to text. */
  public static final String DETAILS = "answer_details";

  /** The answers of a step, in the step's order. */
  public static List<Answer> of(Outcome outcome) {
    List<Answer> answers = new ArrayList<>();
    Map<?, ?> details = outcome.facts().get(DETAILS) instanceof Map<?, ?> map ? map : Map.of();
    if (outcome.facts().get(FACT) instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            Object detail = details.get(name);
            answers.add(
                new Answer(String.valueOf(name), value, detail == null ? "" : detail.toString()));
          });
    }
    return List.copyOf(answers);
  }

  /** {@code 0.934 (85 of 91)}. */
  public String words() {
    String text = value == null ? "nothing" : value.toString();
    return detail.isEmpty() ? text : text + " (" + detail + ")";
  }
}
