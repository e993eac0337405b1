package io.headgate.ingest;

import io.headgate.api.StepScope;
import io.headgate.api.StoragePlace;
import io.headgate.api.Task;
import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Folders;
import io.headgate.stores.Session;
import io.headgate.stores.Sql;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import io.headgate.stores.objects.Mirror;
import io.headgate.stores.objects.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The rows that ingest steps rejected, as they lie below {@code .headgate/dead-letters}. */
public final class DeadLetters {
  private final Path folder;
  private final Path temporary;
  private final List<Mirror> mirrors = new ArrayList<>();

  private DeadLetters(Path stateDirectory) {
    folder = stateDirectory.resolve(DeadLetterFile.FOLDER);
    temporary = stateDirectory.resolve("tmp");
  }

  /** Those of a project, by its state directory. */
  public static DeadLetters in(Path stateDirectory) {
    return new DeadLetters(stateDirectory);
  }

  /**
   * Those of a project, also those that targets keep elsewhere.
   *
   * @param open opens one of the places
   * @param missing is told of a place that cannot be read, which is left out
   */
  public static DeadLetters in(
      Path stateDirectory,
      Collection<StoragePlace> states,
      Function<StoragePlace, ObjectStore> open,
      BiConsumer<StoragePlace, TaskFailure> missing) {
    DeadLetters letters = new DeadLetters(stateDirectory);
    for (StoragePlace state : states) {
      StoragePlace place = state.resolve(DeadLetterFile.FOLDER);
      if (!place.equals(new StoragePlace.Folder(letters.folder))) {
        String name = Fingerprint.of(List.of(place.address())).substring(0, 16);
        try {
          Mirror mirror =
              new Mirror(
                  open.apply(place),
                  stateDirectory.resolve("cache").resolve(DeadLetterFile.FOLDER).resolve(name));
          mirror.refresh();
          letters.mirrors.add(mirror);
        } catch (TaskFailure e) {
          missing.accept(place, e);
        }
      }
    }
    return letters;
  }

  /**
   * The rejected rows of one load.
   *
   * @param runId the run that wrote them last
   * @param reasons reason to count
   * @param masked whether values are hidden in them
   * @param replayed the run that loaded them after all, if one did
   */
  public record Batch(
      String pipeline,
      String step,
      String table,
      String loadId,
      String runId,
      Instant at,
      long rows,
      Map<String, Long> reasons,
      boolean masked,
      Optional<String> replayed,
      Path file) {}

  /**
   * One rejected row.
   *
   * @param file the source, below the step's folder
   * @param line from 1, where the source has lines
   * @param byteOffset where the row begins in the unpacked source
   * @param record its number in the source from 1, where only that is known
   * @param column the first column at fault, or the empty string
   * @param raw the row as it was read; masked
   */
  public record Letter(
      String table,
      String loadId,
      String file,
      OptionalLong line,
      OptionalLong byteOffset,
      OptionalLong record,
      String column,
      String reason,
      String raw) {}

  /**
   * Batches, newest first.
   *
   * @param selector a run id, a load id, the beginning of either, or a table; empty for all
   */
  public List<Batch> list(String selector) {
    List<Path> files = files();
    List<Batch> batches = new ArrayList<>();
    if (files.isEmpty()) {
      return batches;
    }
    try (Connection duck = open()) {
      for (Path file : files) {
        Batch batch = batch(duck, file);
        if (selector.isEmpty()
            || batch.table().equals(selector)
            || batch.runId().startsWith(selector)
            || batch.loadId().startsWith(selector)) {
          batches.add(batch);
        }
      }
    } catch (SQLException e) {
      throw StoreFailures.of("read dead letters", e);
    }
    batches.sort(Comparator.comparing(Batch::at).reversed());
    return batches;
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      files.addAll(Folders.files(folder));
      for (Mirror mirror : mirrors) {
        files.addAll(Folders.files(mirror.folder()));
      }
    } catch (IOException e) {
      throw StoreFailures.of("list " + folder, e);
    }
    files.removeIf(file -> !finished(file));
    return files;
  }

  private static boolean finished(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".parquet") && !name.startsWith(".");
  }

  private static Batch batch(Connection duck, Path file) throws SQLException {
    Map<String, Long> reasons = new LinkedHashMap<>();
    String from = " FROM " + relation(file);
    try (Statement statement = duck.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT reason, count(*)" + from + " GROUP BY ALL ORDER BY 2 DESC, 1")) {
        while (rows.next()) {
          reasons.put(rows.getString(1), rows.getLong(2));
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT any_value(load_id), any_value(run_id), epoch_ms(max(\"at\")),"
                  + " any_value(\"table\"), bool_or(masked), count(*)"
                  + from)) {
        rows.next();
        int last = file.getNameCount() - 1;
        return new Batch(
            file.getName(last - 3).toString(),
            file.getName(last - 2).toString(),
            rows.getString(4),
            rows.getString(1),
            rows.getString(2),
            Instant.ofEpochMilli(rows.getLong(3)),
            rows.getLong(6),
            reasons,
            rows.getBoolean(5),
            replayed(file),
            file);
      }
    }
  }

  private static Optional<String> replayed(Path file) {
    Path mark = mark(file);
    if (!Files.isRegularFile(mark)) {
      return Optional.empty();
    }
    try {
      return Optional.of(String.valueOf(Json.object(Json.read(mark)).get("run_id")));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static Path mark(Path file) {
    return file.resolveSibling(file.getFileName().toString().replace(".parquet", ".replayed.json"));
  }

  /** Notes that a run loaded the batch after all. */
  void markReplayed(Batch batch, String runId) {
    try {
      Path mark = mark(batch.file());
      DurableFiles.write(
          mark, Json.pretty(Map.of("run_id", runId, "at", Instant.now().atOffset(ZoneOffset.UTC))));
      for (Mirror mirror : mirrors) {
        if (mark.toAbsolutePath().startsWith(mirror.folder())) {
          mirror.push(mark.toAbsolutePath());
        }
      }
    } catch (IOException e) {
      throw StoreFailures.of("note the replay of " + batch.file(), e);
    }
  }

  /** The rows of a batch in the order of their sources, at most {@code limit}. */
  public List<Letter> rows(Batch batch, int limit) {
    List<Letter> letters = new ArrayList<>();
    try (Connection duck = open();
        Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT file, line, byte_offset, record, \"column\", reason, raw FROM "
                    + relation(batch.file())
                    + " ORDER BY file, line, record LIMIT "
                    + limit)) {
      while (rows.next()) {
        letters.add(
            new Letter(
                batch.table(),
                batch.loadId(),
                text(rows, 1),
                number(rows, 2),
                number(rows, 3),
                number(rows, 4),
                text(rows, 5),
                text(rows, 6),
                text(rows, 7)));
      }
    } catch (SQLException e) {
      throw StoreFailures.of("read " + batch.file(), e);
    }
    return letters;
  }

  /**
   * Writes the rows as they were read into files that a person can correct and {@link #replay}
   * takes back: CSV with its header, or one JSON object a line.
   *
   * @param directory is created; files of the same name are replaced
   * @return the files; several when the rows come from sources of several shapes
   */
  public List<Path> export(Batch batch, Path directory) {
    Map<String, List<String>> byHeader = new LinkedHashMap<>();
    try (Connection duck = open();
        Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT coalesce(header, ''), raw FROM "
                    + relation(batch.file())
                    + " ORDER BY file, line, record")) {
      while (rows.next()) {
        String raw = text(rows, 2);
        String header = raw.startsWith("{") ? "" : text(rows, 1);
        byHeader.computeIfAbsent(header, key -> new ArrayList<>()).add(raw);
      }
    } catch (SQLException e) {
      throw StoreFailures.of("read " + batch.file(), e);
    }
    List<Path> files = new ArrayList<>();
    byHeader.forEach(
        (header, lines) -> {
          String number = files.isEmpty() ? "" : "-" + (files.size() + 1);
          Path file =
              directory.resolve(batch.table() + number + (header.isEmpty() ? ".ndjson" : ".csv"));
          List<String> all = new ArrayList<>(lines);
          if (!header.isEmpty()) {
            all.addFirst(header);
          }
          try {
            DurableFiles.write(file, String.join("\n", all) + "\n");
          } catch (IOException e) {
            throw StoreFailures.of("write " + file, e);
          }
          files.add(file);
        });
    return files;
  }

  /**
   * A task that stands in for the ingest step in a run and loads the rows of a batch after all: by
   * key where there is one, else added. Rows that break the contract still become dead letters of
   * their own load. The steps behind it and the publication follow as in any run.
   *
   * @param edited files that a person corrected, as {@link #export} wrote them; empty for the rows
   *     as they were read, when the contract was corrected instead
   * @throws TaskFailure 64 when the batch is masked and no edited files are given, or the step has
   *     no such table
   */
  public Task replay(IngestConfig configuration, StepScope scope, Batch batch, List<Path> edited) {
    return replay(configuration, IngestKind.contracts(scope), batch, edited);
  }

  Task replay(
      IngestConfig configuration, Map<String, Contract> contracts, Batch batch, List<Path> edited) {
    TableConfig table = configuration.tables().get(batch.table());
    if (table == null) {
      throw TaskFailure.usage(
          "step " + batch.step() + " has no table " + batch.table() + " any more", "");
    }
    if (batch.masked() && edited.isEmpty()) {
      throw TaskFailure.usage(
          "the dead letters of "
              + batch.table()
              + " hide people's data and cannot be loaded as they are",
          "export them, put the true values in and give the files; or correct the source and run"
              + " again");
    }
    return context -> {
      Path folder = context.stateDirectory().resolve("tmp").resolve("replay-" + batch.loadId());
      List<Path> files = edited.isEmpty() ? export(batch, folder) : copy(edited, folder);
      IngestConfig replay =
          new IngestConfig(
              folder.toString(),
              Rejects.parse("100%"),
              configuration.landing(),
              Map.of(batch.table(), table.replay(files)));
      try {
        var outcome = new IngestTask(replay, contracts, Session::write, true).run(context);
        markReplayed(batch, context.run().runId());
        return outcome;
      } finally {
        delete(folder);
      }
    };
  }

  private static List<Path> copy(List<Path> edited, Path folder) {
    List<Path> copies = new ArrayList<>();
    for (Path file : edited) {
      Path copy = folder.resolve(file.getFileName());
      try {
        Files.createDirectories(folder);
        Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw StoreFailures.of("read " + file, e);
      }
      copies.add(copy);
    }
    return copies;
  }

  private static void delete(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw StoreFailures.of("remove " + folder, e);
    }
  }

  private Connection open() throws SQLException {
    return DuckDb.open(new DuckDb.Settings(Optional.of(1), Optional.of("200MB"), temporary, true));
  }

  private static String relation(Path file) {
    return "read_parquet(" + Sql.literal(file.toString().replaceAll("[\\[*?]", "[$0]")) + ")";
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    String value = rows.getString(column);
    return value == null ? "" : value;
  }

  private static OptionalLong number(ResultSet rows, int column) throws SQLException {
    long value = rows.getLong(column);
    return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
