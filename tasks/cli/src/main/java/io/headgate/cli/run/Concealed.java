package io.headgate.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.CheckResult;
import io.headgate.api.Outcome;
import io.headgate.api.TaskFailure;
import io.headgate.model.Redactor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A try whose outcome, failure and artefacts show no secret that it used. Tools such as dbt write
 * what they were given into their logs and results; those are masked once the tool has ended.
 *
 * @param artefacts the folder of what the step leaves behind
 */
public record Concealed(PlannedStep.Body body, Path artefacts, Redactor redactor)
    implements PlannedStep.Body {
  private static final long LARGEST = 64L << 20;

  @Override
  public Outcome run(int attempt, StopSignal stop) throws InterruptedException {
    try {
      return masked(body.run(attempt, stop));
    } catch (TaskFailure failure) {
      throw masked(failure);
    } finally {
      sweep(artefacts);
    }
  }

  private TaskFailure masked(TaskFailure failure) {
    String message = String.valueOf(failure.getMessage());
    String masked = redactor.redact(message);
    String remedy = redactor.redact(failure.remedy());
    return masked.equals(message) && remedy.equals(failure.remedy())
        ? failure
        : new TaskFailure(failure.exitCode(), masked, remedy, failure.getCause());
  }

  private Outcome masked(Outcome outcome) {
    return new Outcome(
        outcome.state(),
        redactor.redact(outcome.summary()),
        outcome.rows(),
        outcome.checks().stream().map(this::masked).toList(),
        outcome.artefacts(),
        facts(outcome.facts()),
        outcome.notes().stream().map(redactor::redact).toList());
  }

  private CheckResult masked(CheckResult check) {
    return new CheckResult(
        check.id(),
        check.source(),
        check.table(),
        redactor.redact(check.title()),
        check.severity(),
        check.result(),
        check.failing(),
        redactor.redact(check.detail()),
        check.acceptedBy());
  }

  private Map<String, Object> facts(Map<String, Object> facts) {
    Map<String, Object> masked = new LinkedHashMap<>();
    facts.forEach((name, value) -> masked.put(name, fact(value)));
    return masked;
  }

  private Object fact(Object value) {
    return switch (value) {
      case String text -> redactor.redact(text);
      case List<?> list -> list.stream().map(this::fact).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> masked = new LinkedHashMap<>();
        map.forEach((name, one) -> masked.put(name, fact(one)));
        yield masked;
      }
      default -> value;
    };
  }

  private void sweep(Path folder) {
    if (redactor.isEmpty() || !Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) found::iterator) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) <= LARGEST) {
          mask(file);
        }
      }
    } catch (UncheckedIOException e) {
      throw Storage.failure(folder, new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw Storage.failure(folder, e);
    }
  }

  private void mask(Path file) throws IOException {
    Optional<String> text = text(file);
    if (text.isPresent()) {
      String masked = redactor.redact(text.get());
      if (!masked.equals(text.get())) {
        Files.writeString(file, masked);
      }
    }
  }

  /** What is no text, such as Parquet, is left as it is. */
  private static Optional<String> text(Path file) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return Optional.of(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }
}
