package io.headgate.ingest.source;

import io.headgate.api.Interval;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One table of a source as a run wants it.
 *
 * @param name of the table that is loaded
 * @param what where it stands at the source
 * @param cursor how it is read piece by piece; none for all of it, or when the run's interval says
 * @param last how far the newest load has read
 * @param key columns that identify a row; empty if there are none
 * @param within the rows of an interval only
 * @param range the rows of one range only
 * @param allKeys whether the keys of all rows at the source are wanted too
 * @param identity texts that tell the load from others, the source's own part aside
 * @param folder an own folder for raw files, made when it is needed
 */
public record Wanted(
    String name,
    SourceConfig what,
    Optional<CursorConfig> cursor,
    Optional<String> last,
    List<String> key,
    Optional<Within> within,
    Optional<Range> range,
    boolean allKeys,
    List<String> identity,
    Path folder) {
  public Wanted {
    key = List.copyOf(key);
    identity = List.copyOf(identity);
  }

  /** The rows whose column lies in an interval. */
  public record Within(String column, Interval interval) {}
}
