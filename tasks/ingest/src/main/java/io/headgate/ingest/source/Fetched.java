package io.headgate.ingest.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came from a source: its rows in raw files, read once and counted as they came.
 *
 * @param files Parquet of one shape, or one JSON object a line; empty when there was no row and
 *     nothing told the columns
 * @param read how many rows the reader received
 * @param identity what the load is known by; empty for the content of the files
 * @param cursor how far the source has been read with this load
 * @param keys a Parquet file with the keys of all rows at the source
 * @param facts what people should know of where the rows come from, by name
 * @param warnings what somebody should look at, one line each
 */
public record Fetched(
    List<Path> files,
    long read,
    List<String> identity,
    Optional<String> cursor,
    Optional<Path> keys,
    Map<String, Object> facts,
    List<String> warnings) {
  public Fetched {
    files = List.copyOf(files);
    identity = List.copyOf(identity);
    facts = Map.copyOf(facts);
    warnings = List.copyOf(warnings);
  }

  /** For people: where the rows of a table come from. */
  public String note(String table) {
    String from =
        Stream.of("source", "table", "query", "path")
            .filter(facts::containsKey)
            .map(key -> shortened(String.valueOf(facts.get(key))))
            .collect(Collectors.joining(", "));
    String pages =
        facts.containsKey("pages")
            ? ", " + facts.get("pages") + (facts.get("pages").equals(1) ? " page" : " pages")
            : "";
    String window =
        facts.containsKey("cursor_to")
            ? ", cursor %s to %s"
                .formatted(facts.getOrDefault("cursor_from", "…"), facts.get("cursor_to"))
            : "";
    return table + ": read from " + from + pages + window;
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > 80 ? line.substring(0, 79) + "…" : line;
  }
}
