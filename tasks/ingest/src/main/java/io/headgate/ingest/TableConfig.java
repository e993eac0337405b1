package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.ingest.source.CursorConfig;
import io.headgate.ingest.source.Deletes;
import io.headgate.ingest.source.PageConfig;
import io.headgate.ingest.source.SourceConfig;
import io.headgate.stores.LoadMode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One table of an ingest step. */
@Description("One table: what it comes from and how its rows are written.")
public record TableConfig(
    @Default("[]")
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
            "How rows are written: append, replace, merge or replace-interval. Left out: by the"
                + " cursor if there is one (merged by key, added without one), else by event time,"
                + " else by key, else replace.")
        Optional<LoadMode> mode,
    @Description(
            "The column that says when a row happened; runs with an interval load only its rows.")
        Optional<String> eventTime,
    @Description("How many rows may be rejected; the step's if left out.")
        Optional<Rejects> rejects,
    @Description("How CSV files are written.") Optional<CsvOptions> csv,
    @Description("Name of the contract; the table's name if left out.") Optional<String> contract,
    @Description(value = "A table of the step's database.", example = "sales.orders")
        Optional<String> table,
    @Description(
            value = "A query over the step's database, whose rows are read.",
            example = "SELECT * FROM sales.orders WHERE NOT test")
        Optional<String> query,
    @Description(value = "A path of the step's HTTP API.", example = "/issues")
        Optional<String> path,
    @Default("{}")
        @Description(
            value = "Parameters of the HTTP request.",
            example = "{state: all, since: '${interval:start}'}")
        Map<String, String> parameters,
    @Description(
            value = "Where the records stand in the JSON of a page; the page itself if left out.",
            example = "data.items")
        Optional<String> records,
    @Description("How the pages of the HTTP API follow each other; one page if left out.")
        Optional<PageConfig> page,
    @Default("100000") @Description("The most pages that are read; more of them fail the step.")
        int maxPages,
    @Description(
            value = "Read only what is new since the last load, by this column.",
            example = "{column: updated_at, lag: 1h}")
        Optional<CursorConfig> cursor,
    @Default("keep")
        @Description("Rows gone at the source: keep them, or compare all keys and remove the rows.")
        Deletes deletes,
    @Description("How many rows a JDBC driver fetches at a time.") Optional<Integer> fetchSize,
    @Default("together")
        @Description(
            "When readers see the rows: together with the publication, or in-place at once, for"
                + " tables too large to hold twice; gates then judge after the fact.")
        Publishing publish,
    @Description(
            value =
                "For fan_out by partitions: a column of whole numbers, decimals, dates or times"
                    + " by whose ranges several pods read a table of a database. Best one that has"
                    + " an index and never changes.",
            example = "id")
        Optional<String> partitionBy) {
  public TableConfig {
    files = List.copyOf(files);
    key = List.copyOf(key);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** A table in files. */
  TableConfig(
      List<String> files,
      Optional<FileFormat> format,
      List<String> key,
      Optional<LoadMode> mode,
      Optional<String> eventTime,
      Optional<Rejects> rejects,
      Optional<CsvOptions> csv,
      Optional<String> contract) {
    this(
        files,
        format,
        key,
        mode,
        eventTime,
        rejects,
        csv,
        contract,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        1,
        Optional.empty(),
        Deletes.KEEP,
        Optional.empty(),
        Publishing.TOGETHER,
        Optional.empty());
  }

  /** Where the rows stand when they are not in files. */
  Optional<SourceConfig> source() {
    if (table.isPresent()) {
      return Optional.of(new SourceConfig.Table(table.get(), fetchSize));
    }
    if (query.isPresent()) {
      return Optional.of(new SourceConfig.Query(query.get(), fetchSize));
    }
    return path.map(
        address -> new SourceConfig.Pages(address, parameters, records, page, maxPages));
  }

  /** For people: what the rows come from. */
  String described() {
    return source().map(SourceConfig::described).orElse(String.join(", ", files));
  }

  /** For people: where a column is or is not. */
  String place() {
    return source().isPresent() ? "at the source" : "in the files";
  }

  /** Whether rows come as JSON, where a field that has no value may be left out. */
  boolean sparse() {
    return path.isPresent()
        || format.filter(how -> how == FileFormat.JSON || how == FileFormat.NDJSON).isPresent()
        || (format.isEmpty()
            && files.stream()
                .map(FileFormat::of)
                .anyMatch(how -> how == FileFormat.JSON || how == FileFormat.NDJSON));
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
            contract)
        .publishing(publish);
  }

  private TableConfig publishing(Publishing how) {
    return new TableConfig(
        files,
        format,
        key,
        mode,
        eventTime,
        rejects,
        csv,
        contract,
        table,
        query,
        path,
        parameters,
        records,
        page,
        maxPages,
        cursor,
        deletes,
        fetchSize,
        how,
        partitionBy);
  }
}
