package io.headgate.ingest.http;

import io.headgate.api.json.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** What an API says of a request that it refused. */
final class ErrorBody {
  private static final int MOST_BYTES = 1 << 16;
  private static final int LONGEST = 200;

  /** Where APIs put the sentence for people. */
  private static final List<String> KEYS =
      List.of("message", "error_description", "detail", "error", "title", "errors");

  private ErrorBody() {}

  /** The sentence in a body, cut short; nothing when it is a web page or has none. */
  static Optional<String> words(Path body, boolean gzip) {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(body));
        InputStream in = gzip ? new GZIPInputStream(raw) : raw) {
      String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
      Optional<String> words =
          text.startsWith("{") || text.startsWith("[")
              ? sentence(Json.parse(text), 0)
              : text.startsWith("<") ? Optional.empty() : Optional.of(text);
      return words
          .map(found -> found.replaceAll("[\\s\\p{Cntrl}]+", " ").strip())
          .filter(found -> !found.isEmpty())
          .map(found -> found.length() > LONGEST ? found.substring(0, LONGEST - 1) + "…" : found);
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty(); // the status says enough
    }
  }

  private static Optional<String> sentence(@Nullable Object value, int depth) {
    if (value instanceof String text) {
      return Optional.of(text);
    }
    if (depth > 3) {
      return Optional.empty();
    }
    if (value instanceof List<?> items) {
      return items.isEmpty() ? Optional.empty() : sentence(items.getFirst(), depth + 1);
    }
    if (value instanceof Map<?, ?> fields) {
      return KEYS.stream()
          .flatMap(key -> sentence(fields.get(key), depth + 1).stream())
          .findFirst();
    }
    return Optional.empty();
  }
}
