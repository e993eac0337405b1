package io.headgate.ingest;

import io.headgate.ingest.source.Fetched;
import java.util.List;
import java.util.Optional;

/**
 * What one table is read from.
 *
 * @param files sorted by name
 * @param fetched what the source says of them; none for files
 */
record Input(List<InputFile> files, Optional<Fetched> fetched) {
  Input {
    files = List.copyOf(files);
  }
}
