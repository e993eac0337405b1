package io.headgate.process;

import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.process.GreatExpectations.Expectation;
import io.headgate.process.GreatExpectations.Request;
import io.headgate.process.GreatExpectations.Result;
import io.headgate.process.GreatExpectations.Status;
import io.headgate.process.GreatExpectations.Subject;
import io.headgate.process.GreatExpectations.Suite;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request and the answer of {@code gx.validate}; the worker's {@code expectations.py} has the
 * other side.
 */
final class GreatExpectationsJson {
  private GreatExpectationsJson() {}

  static Map<String, Object> request(Request request) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("url", request.url());
    json.put("samples", request.samples());
    json.put("suites", request.suites().stream().map(GreatExpectationsJson::suite).toList());
    return json;
  }

  private static Map<String, Object> suite(Suite suite) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", suite.name());
    switch (suite.subject()) {
      case Subject.Table(Optional<String> schema, String name) -> {
        schema.ifPresent(value -> json.put("schema", value));
        json.put("table", name);
      }
      case Subject.Query(String sql) -> json.put("query", sql);
    }
    json.put(
        "expectations",
        suite.expectations().stream().map(GreatExpectationsJson::expectation).toList());
    return json;
  }

  private static Map<String, Object> expectation(Expectation expectation) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", expectation.id());
    json.put("type", expectation.type());
    json.put("kwargs", expectation.arguments());
    expectation.rowCondition().ifPresent(value -> json.put("row_condition", value));
    return json;
  }

  static Map<String, Result> results(Request request, Map<String, Object> answer) {
    if (answer.get("unreachable") instanceof String message) {
      throw TaskFailure.temporary(
          "Great Expectations cannot reach the warehouse: " + message,
          "try again when it is reachable and no other process holds it",
          null);
    }
    Map<String, Result> byId = new LinkedHashMap<>();
    for (Object item : list(answer.get("results"))) {
      Result result = result(Json.object(item));
      byId.put(result.id(), result);
    }
    Map<String, Result> ordered = new LinkedHashMap<>();
    for (Suite suite : request.suites()) {
      for (Expectation expectation : suite.expectations()) {
        Result result = byId.get(expectation.id());
        if (result == null) {
          throw new TaskFailure(
              ExitCode.FAULT,
              "Great Expectations gave no result for " + expectation.id() + " of " + suite.name(),
              null,
              null);
        }
        ordered.put(expectation.id(), result);
      }
    }
    return ordered;
  }

  private static Result result(Map<String, Object> json) {
    return new Result(
        String.valueOf(json.get("id")),
        Status.valueOf(String.valueOf(json.get("status")).toUpperCase(Locale.ROOT)),
        Optional.ofNullable(json.get("observed")),
        Optional.ofNullable((Long) json.get("elements")),
        Optional.ofNullable((Long) json.get("unexpected")),
        Optional.ofNullable(json.get("unexpected_percent"))
            .map(value -> new BigDecimal(value.toString())),
        new ArrayList<>(list(json.get("samples"))),
        Optional.ofNullable((String) json.get("exception")));
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> items ? items : List.of();
  }
}
