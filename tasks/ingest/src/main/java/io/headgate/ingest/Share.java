package io.headgate.ingest;

import io.headgate.ingest.source.Range;
import java.util.List;
import java.util.Optional;

/**
 * What one slice lands of a table.
 *
 * @param name of the slice
 * @param files their names, in order; empty for a table of a database
 * @param range of a table of a database; none for all of it
 */
record Share(String name, String table, List<String> files, Optional<Range> range) {
  Share {
    files = List.copyOf(files);
  }
}
