package io.headgate.cli.page;

import io.headgate.api.Journal;
import io.headgate.api.Journal.Acceptance;
import io.headgate.api.Journal.AuditRecord;
import io.headgate.api.RunContext;
import io.headgate.model.Redactor;
import io.headgate.page.Block.Fact;
import io.headgate.page.Span;
import io.headgate.quality.Acceptances;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What people did to a run: acceptances, rollbacks, take-overs; oldest first. */
final class OnRecord {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ROOT);

  private record Entry(Instant at, String what, String text) {}

  private final RunContext run;
  private final Journal journal;
  private final Redactor redactor;

  OnRecord(RunContext run, Journal journal, Redactor redactor) {
    this.run = run;
    this.journal = journal;
    this.redactor = redactor;
  }

  List<Fact> facts() {
    Stream<Entry> accepted =
        journal.acceptances(run.pipeline(), run.target()).stream()
            .filter(acceptance -> acceptance.runId().equals(run.runId()))
            .map(OnRecord::entry);
    Stream<Entry> audited =
        journal.audit(run.pipeline()).stream()
            .filter(entry -> entry.runId().equals(run.runId()))
            .map(OnRecord::entry);
    return Stream.concat(accepted, audited)
        .sorted(Comparator.comparing(Entry::at))
        .map(entry -> new Fact(entry.what(), Span.text(redactor.redact(entry.text()))))
        .toList();
  }

  private static Entry entry(Acceptance acceptance) {
    return new Entry(
        acceptance.at(),
        "Accepted " + moment(acceptance.at()),
        acceptance.step()
            + ": "
            + String.join(", ", acceptance.checks())
            + "; by "
            + Acceptances.line(acceptance));
  }

  private static Entry entry(AuditRecord audit) {
    String action = audit.action().replace('-', ' ');
    return new Entry(
        audit.at(),
        action.substring(0, 1).toUpperCase(Locale.ROOT)
            + action.substring(1)
            + " "
            + moment(audit.at()),
        audit.detail() + "; by " + audit.by());
  }

  private static String moment(Instant at) {
    return MOMENT.format(at.atZone(ZoneId.systemDefault()));
  }
}
