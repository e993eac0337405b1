package io.headgate.cli;

import io.headgate.api.Outcome;
import io.headgate.api.StepKind;
import io.headgate.api.StepScope;
import io.headgate.api.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A step that waits until it is stopped, and says in a file that it began. */
public final class WaitKind implements StepKind<WaitKind.Config> {
  /** Configuration. */
  public record Config(String begun) {}

  @Override
  public String name() {
    return "wait";
  }

  @Override
  public String summary() {
    return "Waits.";
  }

  @Override
  public Class<Config> configuration() {
    return Config.class;
  }

  @Override
  public Task create(Config configuration, StepScope scope) {
    return context -> {
      CountDownLatch stopped = new CountDownLatch(1);
      try (var _ = context.onStop(stopped::countDown)) {
        context.log().info("waiting");
        Files.writeString(Path.of(configuration.begun()), "begun");
        stopped.await();
        return Outcome.of(Outcome.State.STOPPED, "stopped");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
