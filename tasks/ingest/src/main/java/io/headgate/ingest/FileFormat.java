package io.headgate.ingest;

import java.util.Locale;

/** How a file is read. */
public enum FileFormat {
  CSV,
  /** One array of objects. */
  JSON,
  /** One object a line. */
  NDJSON,
  PARQUET;

  /** By the file's ending, an outer {@code .gz} or {@code .zst} aside; CSV when it says nothing. */
  static FileFormat of(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|gzip|zst|zstd)$", "");
    if (name.endsWith(".parquet") || name.endsWith(".pq")) {
      return PARQUET;
    }
    if (name.endsWith(".ndjson") || name.endsWith(".jsonl")) {
      return NDJSON;
    }
    return name.endsWith(".json") ? JSON : CSV;
  }
}
