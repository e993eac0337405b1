package io.headgate.cli.run;

import io.headgate.api.StepKind;
import io.headgate.api.TaskFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The kinds of steps on the class path. */
public final class Kinds {
  private Kinds() {}

  /** All of them. */
  public static List<StepKind<?>> all() {
    List<StepKind<?>> kinds = new ArrayList<>();
    for (StepKind<?> kind : ServiceLoader.load(StepKind.class)) {
      kinds.add(kind);
    }
    return List.copyOf(kinds);
  }

  /**
   * One of them; loads no more than it must.
   *
   * @throws TaskFailure 78 when there is none of that name
   */
  public static StepKind<?> of(String name) {
    for (StepKind<?> kind : ServiceLoader.load(StepKind.class)) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    return of(name, List.of());
  }

  static StepKind<?> of(String name, List<StepKind<?>> kinds) {
    return kinds.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    "no kind of step is called \"" + name + "\"",
                    "kinds: "
                        + kinds.stream()
                            .map(StepKind::name)
                            .sorted()
                            .collect(Collectors.joining(", "))));
  }
}
