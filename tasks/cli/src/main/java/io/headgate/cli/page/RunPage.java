package io.headgate.cli.page;

import io.headgate.api.Artefact;
import io.headgate.api.CheckResult;
import io.headgate.api.Interval;
import io.headgate.api.Journal;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.Rows;
import io.headgate.api.TableRows;
import io.headgate.cli.run.Answer;
import io.headgate.cli.run.Durations;
import io.headgate.cli.run.RunReport;
import io.headgate.cli.run.StepResult;
import io.headgate.cli.run.Storage;
import io.headgate.model.Redactor;
import io.headgate.page.Block;
import io.headgate.page.Block.Bar;
import io.headgate.page.Block.Column;
import io.headgate.page.Block.Fact;
import io.headgate.page.Block.Figure;
import io.headgate.page.Page;
import io.headgate.page.Page.Section;
import io.headgate.page.Span;
import io.headgate.page.Tone;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/** The page that a run leaves behind: what came out, what each step did, what to do next. */
public final class RunPage {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss", Locale.ROOT);

  private final RunReport report;
  private final Journal journal;
  private final Redactor redactor;

  private RunPage(RunReport report, Journal journal, Redactor redactor) {
    this.report = report;
    this.journal = journal;
    this.redactor = redactor;
  }

  /**
   * Writes the page into the folder of the run, with what people did to it on record.
   *
   * @throws io.headgate.api.TaskFailure 75 or 78 when it cannot be written
   */
  public static void write(RunReport report, Journal journal, Redactor redactor) {
    try {
      new RunPage(report, journal, redactor).page().write(report.folder().page());
    } catch (IOException e) {
      throw Storage.failure(report.folder().page(), e);
    }
  }

  private Page page() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("result", "", result()));
    List<Fact> record = new OnRecord(report.context(), journal, redactor).facts();
    if (!record.isEmpty()) {
      sections.add(Section.of("On record", new Block.Facts(record)));
    }
    sections.add(Section.of("Steps", new Block.Timeline(bars())));
    List<Block> details = stepDetails();
    if (!details.isEmpty()) {
      sections.add(new Section("details", "Notes and files", details));
    }
    new RowsByTable(report, redactor).section().ifPresent(sections::add);
    List<Block> gates = gates();
    if (!gates.isEmpty()) {
      sections.add(new Section("checks", "Checks", gates));
    }
    List<Block> next = NextSteps.of(report);
    if (!next.isEmpty()) {
      sections.add(new Section("next", "What you can do", next));
    }
    sections.add(Section.of("Run", new Block.Facts(facts())));
    return new Page(header(), sections, "Made by Headgate.");
  }

  private Page.Header header() {
    String moment = MOMENT.format(report.startedAt().atZone(ZoneId.systemDefault()));
    return new Page.Header(
        "run " + report.context().runId(),
        report.context().pipeline(),
        new Span.Badge(tone(report.state()), word(report.state())),
        Span.line(
            Span.text(report.warehouse()),
            Span.quiet("· target " + report.context().target() + " · " + moment)));
  }

  private List<Block> result() {
    List<Block> blocks = new ArrayList<>();
    List<Figure> answers =
        report.answers().stream()
            .map(
                answer ->
                    new Figure(
                        text(answer.name().replace('_', ' ')),
                        text(new Answer(answer.name(), answer.value(), "").words()),
                        text(answer.detail())))
            .toList();
    if (!answers.isEmpty()) {
      blocks.add(new Block.Figures(answers));
    }
    report
        .results()
        .forEach(
            (step, result) ->
                result
                    .outcome()
                    .filter(outcome -> outcome.state() != Outcome.State.DONE)
                    .ifPresent(outcome -> blocks.add(notice(step, outcome))));
    blocks.add(new Block.Figures(figures()));
    return blocks;
  }

  private Block notice(String step, Outcome outcome) {
    return Block.notice(
        tone(outcome.state()), Span.strong(step), Span.text(text(outcome.summary())));
  }

  private List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    figures.add(new Figure("Took", Durations.words(report.took()), ""));
    Rows total = Rows.NONE;
    List<CheckResult> checks = new ArrayList<>();
    for (StepResult result : report.results().values()) {
      for (TableRows table : result.outcome().map(Outcome::rows).orElse(List.of())) {
        total = total.plus(table.rows());
      }
      checks.addAll(result.outcome().map(Outcome::checks).orElse(List.of()));
    }
    if (!total.equals(Rows.NONE)) {
      figures.add(
          new Figure(
              "Rows read",
              "%,d".formatted(total.read()),
              "%,d written, %,d rejected, %,d skipped"
                  .formatted(total.written(), total.rejected(), total.skipped())));
    }
    if (!checks.isEmpty()) {
      long passed = checks.stream().filter(c -> c.result() == CheckResult.Result.PASSED).count();
      String note =
          passed == checks.size() ? "all passed" : (checks.size() - passed) + " did not pass";
      figures.add(new Figure("Checks", passed + " of " + checks.size(), note));
    }
    return figures;
  }

  private List<Bar> bars() {
    Instant begin = report.startedAt();
    List<Bar> bars = new ArrayList<>();
    report
        .results()
        .forEach(
            (step, result) -> {
              Optional<String> log =
                  Files.exists(report.folder().log(step))
                      ? Optional.of("logs/" + step + ".log")
                      : Optional.empty();
              switch (result) {
                case StepResult.Ran ran -> bars.add(bar(step, log, ran.record(), begin));
                case StepResult.Kept kept ->
                    bars.add(
                        new Bar(
                            step,
                            log,
                            tone(kept.record().outcome().state()),
                            Duration.ZERO,
                            Duration.ZERO,
                            "from before: " + text(kept.record().outcome().summary())));
                case StepResult.NotRun notRun ->
                    bars.add(
                        new Bar(
                            step,
                            log,
                            Tone.MUTED,
                            Duration.ZERO,
                            Duration.ZERO,
                            "not run: " + notRun.reason()));
              }
            });
    return bars;
  }

  private Bar bar(String step, Optional<String> log, StepRecord record, Instant begin) {
    return new Bar(
        step,
        log,
        tone(record.outcome().state()),
        Duration.between(begin, record.startedAt()),
        Duration.between(record.startedAt(), record.finishedAt()),
        text(firstLine(record.outcome().summary())));
  }

  /** Notes and artefacts of the steps that have any. */
  private List<Block> stepDetails() {
    List<Block> blocks = new ArrayList<>();
    report
        .results()
        .forEach(
            (step, result) ->
                result
                    .outcome()
                    .filter(o -> !o.notes().isEmpty() || !o.artefacts().isEmpty())
                    .ifPresent(
                        outcome -> {
                          List<Span> lines = new ArrayList<>();
                          lines.add(Span.strong(step));
                          outcome.notes().forEach(note -> lines.add(Span.text(text(note))));
                          List<Span> links = new ArrayList<>();
                          for (Artefact artefact : outcome.artefacts()) {
                            if (!links.isEmpty()) {
                              links.add(Span.text(" · "));
                            }
                            links.add(Span.link(artefact.label(), artefact.path()));
                          }
                          lines.add(new Span.Line(links));
                          blocks.add(new Block.Paragraph(new Span.Stack(lines)));
                        }));
    return blocks;
  }

  private List<Block> gates() {
    List<Block> blocks = new ArrayList<>();
    report
        .results()
        .forEach(
            (step, result) -> {
              List<CheckResult> checks = result.outcome().map(Outcome::checks).orElse(List.of());
              if (!checks.isEmpty()) {
                blocks.add(gate(step, checks, result.outcome().orElseThrow()));
              }
            });
    return blocks;
  }

  /** Failures are shown; what passed folds away. */
  private Block gate(String step, List<CheckResult> checks, Outcome outcome) {
    List<CheckResult> worstFirst =
        checks.stream().sorted(Comparator.comparing(CheckResult::verdict).reversed()).toList();
    long passed = checks.stream().filter(c -> c.verdict() == CheckResult.Verdict.PASSED).count();
    List<List<Span>> rows = worstFirst.stream().map(this::check).toList();
    List<Span> summary = new ArrayList<>();
    summary.add(Span.strong(step));
    summary.add(Span.text(passed + " of " + checks.size() + " passed"));
    outcome
        .artefacts()
        .forEach(artefact -> summary.add(Span.link(artefact.label(), artefact.path())));
    List<Column> columns =
        List.of(
            Column.text("Verdict"),
            Column.text("Table"),
            Column.text("Check"),
            Column.number("Rows that failed"),
            Column.text("Seen"));
    return new Block.Details(
        new Span.Line(summary), passed < checks.size(), List.of(Block.table(columns, rows)));
  }

  private List<Span> check(CheckResult check) {
    Tone tone =
        switch (check.verdict()) {
          case PASSED -> Tone.GOOD;
          case WARNED -> Tone.WARN;
          case BLOCKED -> Tone.BAD;
          case ERRORED -> Tone.FAULT;
        };
    List<Span> seen = new ArrayList<>();
    seen.add(Span.text(text(check.detail())));
    check.acceptedBy().ifPresent(by -> seen.add(Span.quiet("accepted: " + text(by))));
    return List.of(
        Span.badge(tone, word(check.verdict())),
        Span.code(text(check.table())),
        Span.text(text(check.title())),
        check.failing().map(Span::count).orElse(Span.none()),
        new Span.Stack(seen));
  }

  private List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Run", Span.code(report.context().runId())));
    facts.add(new Fact("Target", Span.code(report.context().target())));
    facts.add(
        new Fact(
            "Interval",
            Span.text(
                report
                    .context()
                    .interval()
                    .map(RunPage::words)
                    .orElse("none: tables in full, or on from their cursors"))));
    new TreeMap<>(report.context().parameters())
        .forEach((name, value) -> facts.add(new Fact("Parameter " + name, Span.code(text(value)))));
    facts.add(new Fact("Manifest", Span.code(report.context().manifestHash())));
    facts.add(new Fact("Journal", Span.link("run.json", "run.json")));
    return facts;
  }

  private static String words(Interval interval) {
    return interval.localStart() + " up to " + interval.localEnd() + " (" + interval.zone() + ")";
  }

  private String text(String text) {
    return redactor.redact(text);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Tone tone(Outcome.State state) {
    return switch (state) {
      case DONE -> Tone.GOOD;
      case WARNED, STOPPED -> Tone.WARN;
      case SKIPPED -> Tone.MUTED;
      case BLOCKED, FAILED -> Tone.BAD;
    };
  }
}
