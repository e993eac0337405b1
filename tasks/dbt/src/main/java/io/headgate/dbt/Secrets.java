package io.headgate.dbt;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.stores.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What must stand in no file that is kept. */
final class Secrets {
  private static final String MASK = "*****";

  private final List<String> values;

  /** Values of three characters or fewer are no secrets, and would mask half of every file. */
  Secrets(Collection<String> values) {
    this.values =
        values.stream()
            .filter(value -> value.length() > 3)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** Masks the values in every file below the folder. */
  void scrub(Path folder) throws IOException {
    if (values.isEmpty()) {
      return;
    }
    for (Path file : Folders.files(folder)) {
      // One character a byte: any file survives the way there and back.
      String text = Files.readString(file, ISO_8859_1);
      String clean = text;
      for (String value : values) {
        clean = clean.replace(new String(value.getBytes(UTF_8), ISO_8859_1), MASK);
        String escaped = io.headgate.api.json.Json.write(value);
        clean =
            clean.replace(
                new String(escaped.substring(1, escaped.length() - 1).getBytes(UTF_8), ISO_8859_1),
                MASK);
      }
      if (!clean.equals(text)) {
        Files.writeString(file, clean, ISO_8859_1);
      }
    }
  }
}
