package io.headgate.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One look at a JSON file before it is read: whether it is whole, which keys its records have and
 * how many there are. Finds what DuckDB lets pass, such as a key that stands twice.
 *
 * @param array whether the records stand in one array
 * @param keys of the records, in the order in which they first stand
 */
record JsonScan(boolean array, long records, List<String> keys) {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Looks through a file.
   *
   * @throws TaskFailure 65 when it is empty, cut off or not JSON, naming line and column
   */
  static JsonScan of(String table, InputFile file) {
    long records = 0;
    try (InputStream in = open(file)) {
      int first = firstCharacter(in);
      if (first < 0) {
        throw TaskFailure.blocked(
            "table %s: \"%s\" is empty".formatted(table, file.name()), "fetch the file again");
      }
      Set<String> keys = new LinkedHashSet<>();
      boolean array = first == '[';
      try (JsonParser parser = FACTORY.createParser(in)) {
        if (array) {
          parser.nextToken();
        }
        for (JsonToken token = parser.nextToken();
            token != null && token != JsonToken.END_ARRAY;
            token = parser.nextToken()) {
          records++;
          record(table, file, parser, token, records, keys);
        }
        if (array && parser.nextToken() != null) {
          throw TaskFailure.blocked(
              "table %s: \"%s\" goes on after its array, in line %d"
                  .formatted(table, file.name(), parser.currentLocation().getLineNr()),
              "correct the file");
        }
      }
      return new JsonScan(array, records, new ArrayList<>(keys));
    } catch (StreamConstraintsException e) {
      throw new TaskFailure(
          ExitCode.BLOCKED,
          "table %s: record %d of \"%s\" is too large: %d levels of nesting and texts of %d characters are the most"
              .formatted(
                  table,
                  records,
                  file.name(),
                  StreamReadConstraints.DEFAULT_MAX_DEPTH,
                  StreamReadConstraints.DEFAULT_MAX_STRING_LEN),
          "correct the file",
          e);
    } catch (JsonProcessingException e) {
      throw new TaskFailure(
          ExitCode.BLOCKED,
          "table %s: \"%s\" is not valid JSON in line %d, column %d (record %d): %s"
              .formatted(
                  table,
                  file.name(),
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
                  records,
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          "correct the file, or fetch it again",
          e);
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read " + file.path() + ": " + e.getMessage(), "", e);
    }
  }

  private static void record(
      String table,
      InputFile file,
      JsonParser parser,
      JsonToken token,
      long record,
      Set<String> keys)
      throws IOException {
    if (token != JsonToken.START_OBJECT) {
      throw TaskFailure.blocked(
          "table %s: record %d of \"%s\" (line %d) is no object"
              .formatted(table, record, file.name(), parser.currentLocation().getLineNr()),
          "correct the file: each record is an object");
    }
    int depth = 1;
    while (depth > 0) {
      @Nullable JsonToken next = parser.nextToken();
      if (next == null) {
        return;
      }
      if (next == JsonToken.FIELD_NAME && depth == 1) {
        keys.add(parser.currentName());
      } else if (next.isStructStart()) {
        depth++;
      } else if (next.isStructEnd()) {
        depth--;
      }
    }
  }

  private static InputStream open(InputFile file) throws IOException {
    InputStream raw = Files.newInputStream(file.path());
    return new BufferedInputStream(
        file.packing() == InputFile.Packing.GZIP ? new GZIPInputStream(raw, 1 << 16) : raw,
        1 << 16);
  }

  private static int firstCharacter(InputStream in) throws IOException {
    while (true) {
      in.mark(4);
      int next = in.read();
      if (next == 0xEF) {
        in.skipNBytes(2);
      } else if (next < 0 || !Character.isWhitespace(next)) {
        in.reset();
        return next;
      }
    }
  }
}
