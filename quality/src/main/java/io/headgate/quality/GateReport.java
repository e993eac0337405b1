package io.headgate.quality;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.RunContext;
import io.headgate.api.TaskContext;
import io.headgate.page.Block;
import io.headgate.page.Block.Column;
import io.headgate.page.Block.Fact;
import io.headgate.page.Block.Figure;
import io.headgate.page.Page;
import io.headgate.page.Page.Section;
import io.headgate.page.Shown;
import io.headgate.page.Span;
import io.headgate.page.Tone;
import io.headgate.stores.QualityHistory.Past;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report page of a gate: what was found, since when, and what can be done about it. */
final class GateReport {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("Check"),
          Column.text("Verdict"),
          Column.text("Seen"),
          Column.number("Failing"),
          Column.text("Last runs"));

  /**
   * What is kept beside the results.
   *
   * @param quarantined how many rows are in quarantine, by check
   * @param samples some of the failing rows, by check; empty unless switched on
   * @param history what the last runs found, this one included, by check, oldest first
   */
  record Kept(
      Map<String, Long> quarantined,
      Map<String, Finding.Sample> samples,
      Map<String, List<Past>> history) {}

  private final TaskContext context;
  private final String warehouse;
  private final Judgement judgement;
  private final Kept kept;
  private final Instant at;

  GateReport(TaskContext context, String warehouse, Judgement judgement, Kept kept, Instant at) {
    this.context = context;
    this.warehouse = warehouse;
    this.judgement = judgement;
    this.kept = kept;
    this.at = at;
  }

  Page page() {
    RunContext run = context.run();
    ZoneId zone = zone();
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("verdict", "", List.of(figures(), notice())));
    List<CheckResult> look =
        worstFirst().stream().filter(result -> result.verdict() != Verdict.PASSED).toList();
    if (!look.isEmpty()) {
      sections.add(Section.of("What needs a look", table(look)));
    }
    List<Block> samples = samples();
    if (!samples.isEmpty()) {
      sections.add(new Section("failing-rows", "Failing rows", samples));
    }
    if (judgement.verdict() != Verdict.PASSED) {
      sections.add(new Section("next", "What to do next", next()));
    }
    List<CheckResult> passed = judgement.with(Verdict.PASSED);
    if (!passed.isEmpty()) {
      sections.add(
          Section.of(
              "What passed",
              new Block.Details(
                  Span.text(Shown.count(passed.size(), "check") + " passed"),
                  look.isEmpty(),
                  List.of(table(passed)))));
    }
    sections.add(Section.of("Run", facts(zone)));
    return new Page(
        new Page.Header(
            "quality report",
            run.pipeline() + " / " + context.step(),
            new Span.Badge(tone(judgement.verdict()), word(judgement.verdict())),
            Span.line(
                Span.text("run"),
                Span.link(run.runId(), "../../index.html"),
                Span.quiet("· " + warehouse + " · " + Shown.time(at, zone)))),
        sections,
        "Written by Headgate. Columns that a contract masks are masked here.");
  }

  private ZoneId zone() {
    return context.run().interval().map(interval -> interval.zone()).orElse(ZoneOffset.UTC);
  }

  private Block figures() {
    long rows = kept.quarantined().values().stream().mapToLong(Long::longValue).sum();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure(
            "Passed",
            judgement.count(Verdict.PASSED) + " of " + judgement.results().size(),
            "checks"));
    figures.add(new Figure("Warned", Shown.count(judgement.count(Verdict.WARNED)), ""));
    figures.add(new Figure("Blocked", Shown.count(judgement.count(Verdict.BLOCKED)), ""));
    figures.add(
        new Figure("Errored", Shown.count(judgement.count(Verdict.ERRORED)), "could not be told"));
    figures.add(new Figure("In quarantine", Shown.count(rows), rows == 1 ? "row" : "rows"));
    return new Block.Figures(figures);
  }

  private Block notice() {
    return switch (judgement.verdict()) {
      case PASSED -> Block.notice(Tone.GOOD, Span.text("All is as expected. The way is open."));
      case WARNED ->
          Block.notice(
              Tone.WARN, Span.text("The way is open, and somebody should look at what warned."));
      case BLOCKED ->
          Block.notice(
              Tone.BAD,
              Span.text(
                  "Nothing was published: readers still see the tables as they were before."));
      case ERRORED ->
          Block.notice(
              Tone.FAULT,
              Span.text(
                  "A check could not be evaluated. That says nothing about the data; nothing was"
                      + " published."));
    };
  }

  private List<CheckResult> worstFirst() {
    return judgement.results().stream()
        .sorted(Comparator.comparing(CheckResult::verdict).reversed())
        .toList();
  }

  private Block table(List<CheckResult> results) {
    return Block.table(COLUMNS, results.stream().map(this::row).toList());
  }

  private List<Span> row(CheckResult result) {
    Span name =
        result.table().isEmpty()
            ? Span.stack(Span.strong(result.title()), Span.quiet(result.id()))
            : Span.stack(
                Span.strong(result.title()),
                Span.line(Span.code(result.table()), Span.quiet("· " + result.id())));
    Span seen =
        result
            .acceptedBy()
            .<Span>map(
                by -> Span.stack(Span.text(result.detail()), Span.quiet("accepted by " + by)))
            .orElseGet(() -> Span.text(result.detail()));
    String word = result.acceptedBy().isPresent() ? "accepted" : word(result.verdict());
    return List.of(
        name,
        Span.badge(tone(result.verdict()), word),
        seen,
        result.failing().map(Span::count).orElse(Span.none()),
        new Span.Dots(
            kept.history().getOrDefault(result.id(), List.of()).stream()
                .map(past -> dot(past, zone()))
                .toList()));
  }

  private static Span.Dot dot(Past past, ZoneId zone) {
    String failing = past.failing().map(rows -> ", " + Shown.count(rows) + " failing").orElse("");
    return new Span.Dot(
        tone(past.verdict()),
        Shown.time(past.at(), zone)
            + " run "
            + past.runId()
            + ": "
            + word(past.verdict())
            + failing);
  }

  private List<Block> samples() {
    List<Block> blocks = new ArrayList<>();
    for (CheckResult result : worstFirst()) {
      Finding.Sample sample = kept.samples().get(result.id());
      if (sample != null) {
        String rows = Shown.count(sample.rows().size(), "row");
        blocks.add(
            new Block.Details(
                Span.line(Span.code(result.id()), Span.quiet(rows)),
                blocks.isEmpty(),
                List.of(rows(sample))));
      }
    }
    return blocks;
  }

  private static Block rows(Finding.Sample sample) {
    return Block.wideTable(
        sample.columns().stream().map(Column::text).toList(),
        sample.rows().stream().map(row -> row.stream().map(Span::text).toList()).toList());
  }

  private List<Block> next() {
    String run = context.run().runId();
    List<Block> blocks = new ArrayList<>();
    if (judgement.verdict() == Verdict.BLOCKED) {
      blocks.add(
          Block.paragraph(
              Span.text(
                  "Mend the data at its source and run again. Or take the failures on, for a while"
                      + " and with a reason, and "
                      + (context.run().orchestrated()
                          ? "clear this task with those downstream:"
                          : "resume the run:"))));
      String accept = Judgement.acceptCommand(context.run());
      blocks.add(
          Block.command(
              context.run().orchestrated()
                  ? accept
                  : accept + "\nheadgate run " + context.run().pipeline() + " --resume " + run));
    }
    if (judgement.verdict() == Verdict.ERRORED) {
      blocks.add(
          Block.paragraph(
              Span.text(
                  "Mend the check, or what it needs, and resume the run. An errored check cannot be"
                      + " accepted.")));
    }
    long kept = this.kept.quarantined().values().stream().mapToLong(Long::longValue).sum();
    if (kept > 0) {
      blocks.add(
          Block.paragraph(
              Span.text("The failing rows are in the table"),
              Span.code("_headgate.quarantine"),
              Span.text("of the private work file, masked:")));
      blocks.add(
          Block.command(
              "SELECT check_id, row_data FROM _headgate.quarantine WHERE run_id = '"
                  + run.replace("'", "''")
                  + "'"));
    }
    blocks.add(
        Block.paragraph(Span.text("Rows that never got as far as the tables are dead letters:")));
    blocks.add(Block.command("headgate dead-letters list " + run));
    if (judgement.verdict() == Verdict.WARNED) {
      blocks.add(Block.paragraph(Span.text("If this run published and should not have:")));
      blocks.add(Block.command("headgate rollback " + context.run().named()));
    }
    return blocks;
  }

  private Block facts(ZoneId zone) {
    RunContext run = context.run();
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("Target", Span.code(run.target())));
    run.interval()
        .ifPresent(
            interval ->
                facts.add(
                    new Fact(
                        "Interval",
                        Span.text(
                            interval.localStart() + " to " + interval.localEnd() + " " + zone))));
    facts.add(new Fact("Try", Span.text(Integer.toString(run.attempt()))));
    facts.add(
        new Fact(
            "Blocking checks",
            Span.count(
                judgement.results().stream()
                    .filter(result -> result.severity() == Severity.BLOCK)
                    .count())));
    facts.add(new Fact("Manifest", Span.code(run.manifestHash())));
    return new Block.Facts(facts);
  }

  private static Tone tone(Verdict verdict) {
    return switch (verdict) {
      case PASSED -> Tone.GOOD;
      case WARNED -> Tone.WARN;
      case BLOCKED -> Tone.BAD;
      case ERRORED -> Tone.FAULT;
    };
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
