package io.headgate.quality;

import io.headgate.api.CheckResult;
import io.headgate.api.CheckResult.Result;
import io.headgate.api.CheckResult.Severity;
import io.headgate.api.CheckResult.Verdict;
import io.headgate.api.Journal;
import io.headgate.api.Journal.Acceptance;
import io.headgate.api.Journal.RunRecord;
import io.headgate.api.Journal.StepRecord;
import io.headgate.api.Outcome;
import io.headgate.api.RunContext;
import io.headgate.api.TaskFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Failures that somebody took on, for a while and with a reason: the failed checks of a blocked
 * gate warn from then on, in every run of the pipeline at that target, until the acceptance
 * expires.
 */
public final class Acceptances {
  /** The longest that a failure can be accepted for. */
  public static final Duration LONGEST = Duration.ofDays(90);

  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("d MMM uuuu HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Journal journal;
  private final InstantSource clock;

  public Acceptances(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * Accepts what blocked the gates of a run.
   *
   * @param run its id, or the beginning of it
   * @param by who, as the machine knows them
   * @return one acceptance for each blocked gate, on record
   * @throws TaskFailure 64 when there is nothing to accept, no reason, or an expiry that does not
   *     fit
   */
  public List<Acceptance> accept(String run, String reason, Instant expires, String by) {
    String why = reason.strip();
    if (why.isEmpty()) {
      throw TaskFailure.usage("an acceptance needs a reason", "say it with --reason");
    }
    Instant now = clock.instant();
    if (!expires.isAfter(now)) {
      throw TaskFailure.usage(
          "the acceptance would have expired at " + SHOWN.format(expires),
          "give --expires a time to come");
    }
    if (expires.isAfter(now.plus(LONGEST))) {
      throw TaskFailure.usage(
          "an acceptance holds for "
              + LONGEST.toDays()
              + " days at most, not until "
              + SHOWN.format(expires),
          "give --expires an earlier time, or change the check");
    }
    RunRecord record =
        journal
            .run(run)
            .orElseThrow(() -> TaskFailure.usage("no run " + run, "see .headgate/runs for runs"));
    RunContext context = record.context();
    List<Acceptance> accepted = new ArrayList<>();
    for (StepRecord step : journal.steps(context.runId()).values()) {
      List<String> failed = blocking(step.outcome());
      if (!failed.isEmpty()) {
        accepted.add(
            new Acceptance(
                context.pipeline(),
                context.target(),
                context.runId(),
                step.step(),
                failed,
                why,
                by,
                now,
                expires));
      }
    }
    if (accepted.isEmpty()) {
      throw TaskFailure.usage(
          "run " + context.runId() + " has no blocked gate",
          "only failed checks can be accepted; a check that errored has to run again");
    }
    accepted.forEach(journal::accepted);
    return List.copyOf(accepted);
  }

  private static List<String> blocking(Outcome outcome) {
    if (outcome.state() != Outcome.State.BLOCKED) {
      return List.of();
    }
    return outcome.checks().stream()
        .filter(check -> check.verdict() == Verdict.BLOCKED)
        .map(CheckResult::id)
        .toList();
  }

  /** The results with those that somebody accepted marked so. */
  List<CheckResult> applied(
      String pipeline, String target, String step, List<CheckResult> results) {
    Instant now = clock.instant();
    List<Acceptance> standing =
        journal.acceptances(pipeline, target).stream()
            .filter(acceptance -> acceptance.step().equals(step))
            .filter(acceptance -> now.isBefore(acceptance.expires()))
            .toList();
    return results.stream().map(result -> marked(result, standing)).toList();
  }

  private static CheckResult marked(CheckResult result, List<Acceptance> standing) {
    if (result.result() != Result.FAILED || result.severity() != Severity.BLOCK) {
      return result;
    }
    Optional<String> acceptedBy =
        standing.stream()
            .filter(acceptance -> acceptance.checks().contains(result.id()))
            .findFirst()
            .map(Acceptances::line);
    return new CheckResult(
        result.id(),
        result.source(),
        result.table(),
        result.title(),
        result.severity(),
        result.result(),
        result.failing(),
        result.detail(),
        acceptedBy);
  }

  /** {@code anna until 9 Dec 2021 00:00 UTC: vendor sends late}. */
  public static String line(Acceptance acceptance) {
    return "%s until %s: %s"
        .formatted(acceptance.by(), SHOWN.format(acceptance.expires()), acceptance.reason());
  }
}
