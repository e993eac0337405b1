package io.headgate.cli;

import io.headgate.api.Connection;
import io.headgate.ingest.ContractInference;
import io.headgate.stores.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        Folders.delete(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A contract that a table or query of a database keeps, as YAML.
   *
   * @throws io.headgate.api.TaskFailure 75 or 78 when the database cannot be read
   */
  static String infer(Connection connection, String source, boolean query, Path project)
      throws InterruptedException {
    try {
      Path temporary = Files.createTempDirectory("headgate-infer");
      try {
        return ContractInference.yaml(connection, source, query, project, temporary);
      } finally {
        Folders.delete(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
