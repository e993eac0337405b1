package io.headgate.cli;

import io.headgate.ingest.ContractInference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Contracts proposed from files. */
final class Contracts {
  private Contracts() {}

  /**
   * A contract that the file keeps, as YAML.
   *
   * @throws io.headgate.api.TaskFailure 65 when the file cannot be read as a table
   */
  static String infer(Path file) throws InterruptedException {
    try {
      Path temporary = Files.createTempDirectory("headgate-infer");
      try {
        return ContractInference.yaml(file, temporary);
      } finally {
        delete(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> below = Files.walk(folder)) {
      all = below.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
