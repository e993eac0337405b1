package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.stores.LoadMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One table of an ingest step. */
@Description("One table: which files it comes from and how its rows are written.")
public record TableConfig(
    @Description(
            value = "Files below the step's folder; * and ** are globs.",
            example = "internal/streams*.csv")
        List<String> files,
    @Description("How the files are read; by their ending if left out.")
        Optional<FileFormat> format,
    @Default("[]")
        @Description(
            value = "Columns that identify a row; the contract's if left out.",
            example = "[user_email, movie_title, start_at]")
        List<String> key,
    @Description(
            "How rows are written: append, replace, merge or replace-interval. Left out: by event"
                + " time if there is one, else by key, else replace.")
        Optional<LoadMode> mode,
    @Description(
            "The column that says when a row happened; runs with an interval load only its rows.")
        Optional<String> eventTime,
    @Description("How many rows may be rejected; the step's if left out.")
        Optional<Rejects> rejects,
    @Description("How CSV files are written.") Optional<CsvOptions> csv,
    @Description("Name of the contract; the table's name if left out.") Optional<String> contract) {
  public TableConfig {
    files = List.copyOf(files);
    key = List.copyOf(key);
  }

  /** The same table from other files, whose ending says how they are read; never thrown away. */
  TableConfig replay(List<Path> replayed) {
    return new TableConfig(
        replayed.stream().map(file -> file.getFileName().toString()).toList(),
        Optional.empty(),
        key,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        csv,
        contract);
  }
}
