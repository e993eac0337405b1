package io.headgate.stores.section;

import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;

/** Names of publications, and what becomes of one that its run makes twice. */
public final class PublicationIds {
  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private PublicationIds() {}

  /** An id that sorts after those of the publications before. */
  public static String next(Instant at, Collection<Publication> before, String runId) {
    Instant newest =
        before.stream().map(Publication::at).max(Instant::compareTo).orElse(Instant.EPOCH);
    Instant later = at.isAfter(newest) ? at : newest.plusMillis(1);
    return ID.format(later) + "-" + runId.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** What two publications of one run did to a table, seen as one. */
  public static PublishedTable together(PublishedTable first, PublishedTable second) {
    boolean keep = first.change().equals("created") || second.change().equals("unchanged");
    return new PublishedTable(
        second.table(), second.rows(), keep ? first.change() : second.change());
  }

  /** The newest that was not rolled back. */
  public static java.util.Optional<Publication> newestStanding(List<Publication> newestFirst) {
    return newestFirst.stream().filter(one -> one.rolledBackAt().isEmpty()).findFirst();
  }
}
