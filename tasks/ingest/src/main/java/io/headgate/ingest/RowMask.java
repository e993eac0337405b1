package io.headgate.ingest;

import io.headgate.api.MaskedColumns;
import io.headgate.api.json.Json;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hides people's data in a row as it was read. */
final class RowMask {
  private final Set<String> masked;
  private final CsvOptions csv;

  RowMask(Set<String> masked, CsvOptions csv) {
    this.masked = masked;
    this.csv = csv;
  }

  boolean hidesNothing() {
    return masked.isEmpty();
  }

  /**
   * The row with its masked values replaced; all of it hidden when it cannot be taken apart.
   *
   * @param header the CSV header under which it stands; null for JSON
   */
  String apply(String raw, @Nullable String header) {
    if (masked.isEmpty()) {
      return raw;
    }
    return raw.startsWith("{") || header == null ? json(raw) : csv(raw, header);
  }

  private String csv(String raw, String header) {
    List<String> names = CsvLine.split(header, csv);
    List<String> values = CsvLine.split(raw, csv);
    if (names.size() != values.size()) {
      return MaskedColumns.MASK;
    }
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      shown.add(hides(names.get(i)) ? MaskedColumns.MASK : values.get(i));
    }
    return CsvLine.join(shown, csv);
  }

  private String json(String raw) {
    try {
      Map<String, Object> shown = new LinkedHashMap<>();
      Json.object(Json.parse(raw))
          .forEach((name, value) -> shown.put(name, hides(name) ? MaskedColumns.MASK : value));
      return Json.write(shown);
    } catch (UncheckedIOException e) {
      return MaskedColumns.MASK;
    }
  }

  private boolean hides(String name) {
    return masked.stream().anyMatch(name::equalsIgnoreCase);
  }
}
