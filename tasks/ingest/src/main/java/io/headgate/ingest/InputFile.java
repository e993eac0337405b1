package io.headgate.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * One file to read.
 *
 * @param name below the step's folder, with forward slashes
 * @param path where it really is, or will be once it is fetched
 * @param remote the file in an object store, if it lies there
 */
record InputFile(String name, Path path, FileFormat format, Optional<Spill.Remote> remote) {
  /** A file on this machine. */
  InputFile(String name, Path path, FileFormat format) {
    this(name, path, format, Optional.empty());
  }

  long bytes() throws IOException {
    return remote.isPresent() ? remote.get().stored().bytes() : Files.size(path);
  }

  /** How the bytes are packed. */
  enum Packing {
    PLAIN,
    GZIP,
    ZSTD
  }

  Packing packing() {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz") || lower.endsWith(".gzip")) {
      return Packing.GZIP;
    }
    return lower.endsWith(".zst") || lower.endsWith(".zstd") ? Packing.ZSTD : Packing.PLAIN;
  }

  /** The value of DuckDB's {@code compression} option. */
  String compression() {
    return switch (packing()) {
      case PLAIN -> format == FileFormat.CSV ? "none" : "uncompressed";
      case GZIP -> "gzip";
      case ZSTD -> "zstd";
    };
  }

  /** The path for DuckDB, which would take some characters for a glob. */
  String sqlPath() {
    return path.toString().replaceAll("[\\[*?]", "[$0]");
  }
}
