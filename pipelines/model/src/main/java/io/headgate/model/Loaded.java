package io.headgate.model;

import io.headgate.api.Problem;
import io.headgate.api.TaskFailure;
import java.util.List;
import java.util.stream.Collectors;

/** What came of reading configuration: the thing itself, or all that is wrong with it. */
public sealed interface Loaded<T> {
  /** Nothing is wrong. */
  record Valid<T>(T value) implements Loaded<T> {}

  /**
   * Everything that is wrong.
   *
   * @param problems at least one, in the order of files and lines
   */
  record Invalid<T>(List<Problem> problems) implements Loaded<T> {
    public Invalid {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("invalid without a problem");
      }
    }
  }

  static <T> Loaded<T> of(T value) {
    return new Valid<>(value);
  }

  static <T> Loaded<T> invalid(List<Problem> problems) {
    return new Invalid<>(problems);
  }

  /** All that is wrong, or nothing. */
  default List<Problem> problems() {
    return switch (this) {
      case Valid<T> valid -> List.of();
      case Invalid<T> invalid -> invalid.problems();
    };
  }

  /**
   * The value.
   *
   * @throws TaskFailure 78 with one line per problem
   */
  default T orThrow() {
    return switch (this) {
      case Valid<T> valid -> valid.value();
      case Invalid<T> invalid -> throw failure(invalid.problems());
    };
  }

  /** The failure that tells of all problems: 78. */
  static TaskFailure failure(List<Problem> problems) {
    String lines = problems.stream().map(Problem::line).collect(Collectors.joining("\n"));
    return TaskFailure.configuration(lines, "");
  }
}
