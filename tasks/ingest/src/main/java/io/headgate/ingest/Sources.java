package io.headgate.ingest;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.http.HttpSource;
import io.headgate.ingest.jdbc.DatabaseSource;
import io.headgate.ingest.source.Deletes;
import io.headgate.ingest.source.Fetched;
import io.headgate.ingest.source.Range;
import io.headgate.ingest.source.Source;
import io.headgate.ingest.source.Wanted;
import io.headgate.stores.Folders;
import io.headgate.stores.LoadMode;
import io.headgate.stores.StoreFailures;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The tables of a step that come from one database or API, brought into raw files. */
final class Sources implements AutoCloseable {
  private final TaskContext context;
  private final Connection connection;
  private final Path folder;
  private Optional<Source> open = Optional.empty();

  Sources(TaskContext context, IngestConfig configuration) {
    this.context = context;
    this.connection = context.connection(configuration.connection().orElseThrow());
    this.folder =
        context
            .stateDirectory()
            .resolve("sources")
            .resolve(context.run().runId())
            .resolve(LandingZone.own(context));
  }

  /**
   * Brings the rows of tables, all of one state of the source where it can.
   *
   * @param cursors how far each table was read
   * @param range of the rows; none for all of them
   */
  Map<TableSpec, Input> fetch(
      List<TableSpec> tables, Function<String, Optional<String>> cursors, Optional<Range> range)
      throws InterruptedException {
    Map<TableSpec, Input> inputs = new LinkedHashMap<>();
    try (Source source = open();
        TaskContext.Registration stop = context.onStop(source::stop)) {
      open = Optional.of(source);
      for (TableSpec table : tables) {
        Wanted wanted = wanted(table, cursors, range);
        Fetched fetched = source.fetch(wanted);
        context
            .log()
            .info("%s: %,d rows from %s".formatted(table.name(), fetched.read(), connection));
        inputs.put(table, new Input(files(table, fetched), Optional.of(fetched)));
      }
    }
    return inputs;
  }

  /**
   * Cuts those tables of a database into ranges that say by which column.
   *
   * @param count how many ranges of a table at most
   */
  Map<TableSpec, List<Range>> ranges(List<TableSpec> tables, int count)
      throws InterruptedException {
    Map<TableSpec, List<Range>> ranges = new LinkedHashMap<>();
    try (Source source = open();
        TaskContext.Registration stop = context.onStop(source::stop)) {
      for (TableSpec table : tables) {
        Optional<String> column = table.config().partitionBy();
        if (column.isPresent()) {
          Wanted wanted = wanted(table, any -> Optional.empty(), Optional.empty());
          ranges.put(table, source.ranges(wanted, column.get(), count));
        }
      }
    }
    return ranges;
  }

  private Source open() {
    if (connection.kind().equals("http")) {
      return HttpSource.open(connection, context);
    }
    return DatabaseSource.open(connection, context, TableLoad.reader(context, false));
  }

  private Wanted wanted(
      TableSpec table, Function<String, Optional<String>> cursors, Optional<Range> range) {
    TableConfig config = table.config();
    boolean byCursor = table.byCursor();
    Optional<Wanted.Within> within =
        table
            .interval()
            .filter(any -> !byCursor)
            .flatMap(
                interval -> table.eventTime().map(column -> new Wanted.Within(column, interval)));
    return new Wanted(
        table.name(),
        config
            .source()
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "table %s: names files beside connection:".formatted(table.name()),
                        "read files in a step without connection:")),
        byCursor ? config.cursor() : Optional.empty(),
        byCursor ? cursors.apply(table.name()) : Optional.empty(),
        table.mode() == LoadMode.APPEND ? List.of() : table.key(),
        within,
        range,
        config.deletes() == Deletes.COMPARE && table.mode() == LoadMode.MERGE,
        TableLoad.identity(context, table),
        folder.resolve(table.name()));
  }

  private static List<InputFile> files(TableSpec table, Fetched fetched) {
    String name = table.config().described();
    List<InputFile> files = new ArrayList<>();
    for (Path file : fetched.files()) {
      String own = String.valueOf(file.getFileName());
      boolean parquet = own.endsWith(".parquet");
      files.add(
          new InputFile(
              parquet ? name : name + "/" + own,
              file,
              parquet ? FileFormat.PARQUET : FileFormat.NDJSON));
    }
    return files;
  }

  /** Whether the connection is one that tables are read from, and not where files lie. */
  static boolean reads(IngestConfig configuration) {
    return configuration.tables().values().stream().anyMatch(table -> table.source().isPresent());
  }

  /** The rows are loaded: what was kept for another try goes. */
  void loaded() {
    open.ifPresent(Source::loaded);
    try {
      Folders.delete(folder);
      Path run = Objects.requireNonNull(folder.getParent());
      if (Files.isDirectory(run) && empty(run)) {
        Files.deleteIfExists(run);
      }
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      return; // another step of the run came or went meanwhile
    } catch (IOException e) {
      throw StoreFailures.of("remove " + folder, e);
    }
  }

  private static boolean empty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /** Removes what no other try can use. */
  @Override
  public void close() {
    if (!connection.kind().equals("http")) {
      loaded();
    }
  }
}
