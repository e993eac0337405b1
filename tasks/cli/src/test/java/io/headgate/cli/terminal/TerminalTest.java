package io.headgate.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.ExitCode;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.cli.run.StepResult;
import io.headgate.model.Redactor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void showsStepsInLinesBelowEachOther() {
    PlainDisplay display =
        new PlainDisplay(terminal(StandardCharsets.UTF_8, false), List.of("ingest", "trusted_ok"));

    display.stepEnded("ingest", ran("ingest", Outcome.State.DONE, 1900, "read 3 = 3 written"));
    display.stepEnded("trusted_ok", new StepResult.NotRun("needs models", false));

    assertThat(text())
        .isEqualTo(
            """
            ✓ ingest       1.9s  read 3 = 3 written
            – trusted_ok      –  not run: needs models
            """);
  }

  @Test
  void saysTheSameInAsciiWhereTheOutputHasNoMore() {
    PlainDisplay display =
        new PlainDisplay(terminal(StandardCharsets.US_ASCII, false), List.of("a"));

    display.stepEnded("a", ran("a", Outcome.State.FAILED, 100, "gone → look … there"));

    assertThat(text()).isEqualTo("x  a   0.1s  failed: gone -> look ... there\n");
  }

  @Test
  void dataCannotMoveTheCursorOrFakeColours() {
    terminal(StandardCharsets.UTF_8, true).line("a\033[2Jb\u009bc\rd\ue001e");

    assertThat(text()).doesNotContain("\033[2J").doesNotContain("\u009b").doesNotContain("\r");
    assertThat(text()).startsWith("a?[2Jb?c?d");
  }

  @Test
  void coloursOnlyWhereColoursAreWanted() {
    terminal(StandardCharsets.UTF_8, true).line(Style.GOOD.of("fine"));
    terminal(StandardCharsets.UTF_8, false).line(Style.GOOD.of("fine"));

    assertThat(text()).isEqualTo("\033[32mfine\033[0m\nfine\n");
  }

  @Test
  void staysPlainWithoutATerminal() {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    assertThat(Terminal.of(out, new Redactor(), false, Map.of("TERM", "dumb")).live()).isFalse();
    assertThat(Terminal.of(out, new Redactor(), true, Map.of("TERM", "xterm")).live()).isFalse();
  }

  private static StepResult ran(String step, Outcome.State state, long millis, String summary) {
    Instant begin = Instant.parse("2026-01-01T00:00:00Z");
    ExitCode code = state.exitCode();
    return new StepResult.Ran(
        new StepRecord(step, 1, begin, begin.plusMillis(millis), code, Outcome.of(state, summary)));
  }

  private Terminal terminal(Charset charset, boolean colour) {
    PrintStream out = new PrintStream(bytes, true, charset);
    return new Terminal(out, new Redactor(), false, colour, Glyphs.shownIn(charset));
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
