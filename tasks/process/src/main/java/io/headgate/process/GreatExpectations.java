package io.headgate.process;

import io.headgate.api.TaskContext;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Great Expectations in the {@link PythonWorker}: the typed face of {@code gx.validate}. */
public final class GreatExpectations {
  /**
   * What to validate.
   *
   * @param url a SQLAlchemy URL without secrets; {@code ${NAME}} in it stands for a variable of the
   *     call's environment and is escaped as a URL needs it. DuckDB files are opened read-only
   * @param suites in any number; names are unique
   * @param samples how many failing values to bring back for each expectation; 0 for none (they are
   *     people's data: mask them)
   */
  public record Request(String url, List<Suite> suites, int samples) {
    public Request {
      suites = List.copyOf(suites);
    }
  }

  /**
   * Expectations on one subject. Those that share a row condition share a scan.
   *
   * @param name unique in the request
   */
  public record Suite(String name, Subject subject, List<Expectation> expectations) {
    public Suite {
      expectations = List.copyOf(expectations);
    }
  }

  /** What a suite looks at. */
  public sealed interface Subject {
    /**
     * A table or view.
     *
     * @param schema the connection's default when empty
     */
    record Table(Optional<String> schema, String name) implements Subject {}

    /** The rows of a SELECT, in the warehouse's own words. */
    record Query(String sql) implements Subject {}
  }

  /**
   * One expectation.
   *
   * @param id unique in the request; the results are by it
   * @param type as Great Expectations calls it, such as {@code expect_column_values_to_not_be_null}
   *     or {@code unexpected_rows_expectation}
   * @param arguments its keyword arguments as JSON values, such as {@code column} and {@code
   *     mostly}
   * @param rowCondition a SQL condition in the warehouse's own words: only the rows that meet it
   *     are looked at
   */
  public record Expectation(
      String id, String type, Map<String, Object> arguments, Optional<String> rowCondition) {
    public Expectation {
      arguments = Map.copyOf(arguments);
    }
  }

  /** How an expectation ended. One that raised is no failure of the data. */
  public enum Status {
    PASSED,
    FAILED,
    ERRORED
  }

  /**
   * What became of one expectation.
   *
   * @param observed the observed value as JSON, for expectations that look at the whole
   * @param elements how many rows were looked at
   * @param unexpected how many rows failed, if that can be counted
   * @param unexpectedPercent 0 to 100, of the rows whose value is not null
   * @param samples failing values, at most as many as were asked for
   * @param exception what was raised, on one line, when it errored
   */
  public record Result(
      String id,
      Status status,
      Optional<Object> observed,
      Optional<Long> elements,
      Optional<Long> unexpected,
      Optional<BigDecimal> unexpectedPercent,
      List<Object> samples,
      Optional<String> exception) {}

  private GreatExpectations() {}

  /**
   * Validates and lets go of the store.
   *
   * @param environment secrets that the URL refers to, or that the store's driver reads
   * @return a result for each expectation, by id, in the order of the request
   * @throws io.headgate.api.TaskFailure 75 when the store cannot be reached; otherwise as {@link
   *     PythonWorker#call}. An expectation or subject that cannot be evaluated is an {@code
   *     ERRORED} result, not an exception
   */
  public static Map<String, Result> validate(
      TaskContext context, Request request, Map<String, String> environment)
      throws InterruptedException {
    Consumer<Map<String, Object>> progress =
        event -> {
          if (event.get("done") instanceof Long done && event.get("total") instanceof Long total) {
            context.log().progress(String.valueOf(event.get("suite")), done, total);
          }
        };
    Map<String, Object> answer =
        PythonWorker.of(context)
            .call("gx.validate", GreatExpectationsJson.request(request), environment, progress);
    return GreatExpectationsJson.results(request, answer);
  }
}
