package io.headgate.ingest;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.Fetched;
import io.headgate.stores.LoadMode;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.duckdb.DuckDb;
import io.headgate.stores.duckdb.ParquetFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * One table of one run: its files, what they are known by, and the way into a sink.
 *
 * @param files all that were found, by name
 * @param hashes content hash by file, in the same order
 * @param known files whose content an earlier load held; they are counted, not loaded
 * @param share whether it is a share of the table, whose rejected rows are judged with all others
 */
record TableLoad(
    TableSpec table,
    List<InputFile> files,
    List<String> hashes,
    Set<String> known,
    String loadId,
    String plan,
    Optional<Fetched> fetched,
    boolean share) {

  /** Part of every plan: grows when the same files would be read otherwise. */
  private static final String READER = "2";

  static final long LARGE = Long.getLong("headgate.ingest.large", 64L << 20);

  static TableLoad of(
      TaskContext context, TableSpec table, Input input, Predicate<String> knownInput) {
    List<InputFile> files = input.files();
    List<String> hashes = new ArrayList<>();
    for (InputFile file : files) {
      file.remote().ifPresent(Spill.Remote::fetch);
      Fingerprint.checkPacking(table.name(), file);
      hashes.add(Fingerprint.of(file.path()));
      file.remote().ifPresent(Spill.Remote::keepIfRoom);
    }
    Set<String> known = new TreeSet<>(hashes);
    known.removeIf(hash -> table.mode() != LoadMode.APPEND || !knownInput.test(hash));
    Identity identity =
        Identity.of(
            context,
            table,
            files.stream().map(InputFile::name).toList(),
            hashes,
            known,
            input.fetched());
    return new TableLoad(
        table,
        files,
        List.copyOf(hashes),
        known,
        identity.loadId(),
        identity.plan(),
        input.fetched(),
        false);
  }

  /** The same input as a share of the table's. */
  TableLoad as(Share part) {
    Identity own = new Identity(loadId, plan).of(part);
    return new TableLoad(table, files, hashes, known, own.loadId(), own.plan(), fetched, true);
  }

  /** What a load is known by, and what everything that it depends on comes to. */
  record Identity(String loadId, String plan) {
    /** What a share of the table is known by that is landed from this input. */
    Identity of(Share share) {
      return new Identity(
          Fingerprint.of(List.of(share.name(), loadId)).substring(0, 24),
          Fingerprint.of(List.of(share.toString(), plan)));
    }

    /**
     * Of files, or of what a source gave.
     *
     * @param names of the files
     * @param hashes their contents, in the same order
     * @param known of these, what earlier loads held
     */
    static Identity of(
        TaskContext context,
        TableSpec table,
        List<String> names,
        List<String> hashes,
        Set<String> known,
        Optional<Fetched> fetched) {
      List<String> identity = new ArrayList<>(identity(context, table));
      List<String> told = fetched.map(Fetched::identity).orElse(List.of());
      if (!told.isEmpty()) {
        identity = new ArrayList<>(told);
      } else if (context.run().interval().isPresent() && !table.byCursor()) {
        identity.add(context.run().interval().get().identity());
      } else {
        identity.addAll(new TreeSet<>(hashes));
      }
      List<String> plan = new ArrayList<>(identity);
      plan.add(READER);
      plan.add(table.toString());
      plan.addAll(known);
      for (int i = 0; i < names.size(); i++) {
        plan.add(names.get(i) + "=" + hashes.get(i));
      }
      return new Identity(Fingerprint.of(identity).substring(0, 24), Fingerprint.of(plan));
    }
  }

  /** What every load of the table is known by, its input aside. */
  static List<String> identity(TaskContext context, TableSpec table) {
    return List.of(
        context.run().pipeline(),
        context.step(),
        table.name(),
        context.run().target(),
        table.mode().word());
  }

  /** The files that go in, the files with the same content as one of those, and the known ones. */
  private record Sorted(List<InputFile> fresh, List<InputFile> same, List<InputFile> known) {}

  private Sorted sorted() {
    Sorted sorted = new Sorted(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < files.size(); i++) {
      String hash = hashes.get(i);
      List<InputFile> place =
          known.contains(hash) ? sorted.known() : seen.add(hash) ? sorted.fresh() : sorted.same();
      place.add(files.get(i));
    }
    return sorted;
  }

  /** Whether there is enough to read that its order costs memory and time. */
  boolean large() {
    long bytes = 0;
    try {
      for (InputFile file : files) {
        bytes += file.bytes();
      }
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot read: " + e.getMessage(), "", e);
    }
    return bytes > LARGE;
  }

  /** Content hashes of what goes in. */
  List<String> inputs() {
    if (fetched.isPresent() && !fetched.get().identity().isEmpty()) {
      return List.of(Fingerprint.of(fetched.get().identity()));
    }
    Set<String> inputs = new TreeSet<>(hashes);
    inputs.removeAll(known);
    return List.copyOf(inputs);
  }

  /** For the manifest. */
  List<Map<String, Object>> fileList() {
    return SliceRecord.of(this).fileList();
  }

  /**
   * Reads everything into a sink, writes the dead letters and checks the account.
   *
   * @param alone whether nobody else uses the database
   * @throws TaskFailure 65 when more rows are rejected than the budget allows; 70 when a row has no
   *     end
   */
  Landed read(TaskContext context, Connection duck, Statements statements, Sink sink, boolean alone)
      throws InterruptedException {
    if (files.isEmpty()) {
      return nothing(sink);
    }
    try {
      files.forEach(file -> file.remote().ifPresent(Spill.Remote::fetch));
      Sorted sorted = sorted();
      Readings readings = new Readings(table, duck, share);
      DeadRows dead = new DeadRows(duck, statements);
      Path profile = Files.createTempFile(temporary(context), "profile-", ".json");
      TableReader reader =
          new TableReader(
              table, duck, statements, sink, dead, profile, large() && alone, fetched.isPresent());
      List<Reading> fresh = readings.of(sorted.fresh().isEmpty() ? files : sorted.fresh());
      boolean sparse = fresh.stream().anyMatch(Reading::sparse);
      if (!sparse) {
        NamedColumns.check(table, fresh);
      }
      if (sorted.fresh().isEmpty()) {
        reader.takeNone(fresh);
      } else {
        reader.read(fresh);
        if (sparse && reader.account().read() > 0) {
          NamedColumns.check(table, fresh);
        }
        reader.dropRepeats(fresh, sorted.fresh());
      }
      reader.skip(readings.of(sorted.same()), TableReader.SAME_CONTENT);
      reader.skip(readings.of(sorted.known()), TableReader.KNOWN);
      DeadLetterFile letters = DeadLetterFile.of(context, table.name(), loadId);
      letters.write(duck, statements, dead, table, loadId, context);
      Landed landed = landed(reader.account(), fresh, dead.reasons(), sink, readings.absent());
      if ((!share || refuses(table)) && overBudget(landed)) {
        throw refused(context, landed, dead.first(DeadLetterFile.EXAMPLES));
      }
      return landed;
    } catch (SQLException e) {
      throw DuckFailures.unreadable(
          table.name(), files.isEmpty() ? "" : files.getFirst().name(), e);
    } catch (IOException e) {
      throw TaskFailure.temporary("cannot write: " + e.getMessage(), "make room", e);
    } finally {
      files.forEach(file -> file.remote().ifPresent(Spill.Remote::drop));
    }
  }

  /**
   * How a task opens a database of its own, which spills to its state folder.
   *
   * @param ordered whether rows keep their order
   */
  static DuckDb.Settings reader(TaskContext context, boolean ordered) {
    try {
      return new DuckDb.Settings(
          Optional.empty(), Optional.of(ParquetFiles.MEMORY), temporary(context), ordered);
    } catch (IOException e) {
      throw StoreFailures.of("make a folder for temporary files", e);
    }
  }

  private static Path temporary(TaskContext context) throws IOException {
    return Files.createDirectories(context.stateDirectory().resolve("tmp"));
  }

  /** A source that had no row and did not tell its columns. */
  private Landed nothing(Sink sink) {
    boolean adds = table.mode() == LoadMode.MERGE || table.mode() == LoadMode.APPEND;
    if (!adds) {
      throw TaskFailure.blocked(
          "table %s: %s gave no row, and nothing says what columns there are"
              .formatted(table.name(), table.config().described()),
          "write contracts/" + table.name() + ".yaml");
    }
    return new Landed(
        table,
        loadId,
        plan,
        sink.landed(),
        Map.of(),
        0,
        0,
        Map.of(),
        Map.of(),
        inputs(),
        List.of(),
        List.of());
  }

  private Landed landed(
      TableReader.Account account,
      List<Reading> readings,
      Map<String, Long> reasons,
      Sink sink,
      List<String> absent) {
    long rejected = Landed.sum(reasons);
    long skipped = account.skippedRows();
    if (account.read() != account.taken() + rejected + skipped || rejected != account.rejected()) {
      throw TaskFailure.fault(
          "table %s: read %,d rows, but %,d were taken, %,d rejected and %,d skipped"
              .formatted(table.name(), account.read(), account.taken(), rejected, skipped),
          "this is a fault of Headgate; nothing was loaded",
          null);
    }
    fetched.ifPresent(
        source -> {
          if (source.read() != account.read()) {
            throw TaskFailure.fault(
                "table %s: the source gave %,d rows, %,d were read back"
                    .formatted(table.name(), source.read(), account.read()),
                "this is a fault of Headgate; nothing was loaded",
                null);
          }
        });
    Map<String, String> columns = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    for (Reading reading : readings) {
      reading.columns().forEach(column -> columns.put(column.name(), column.type().sql()));
      notes.addAll(reading.notes());
    }
    return new Landed(
        table,
        loadId,
        plan,
        sink.landed(),
        columns,
        account.read(),
        account.taken(),
        reasons,
        account.skipped(),
        inputs(),
        notes,
        absent);
  }

  private static boolean refuses(TableSpec table) {
    return table.drift().violation() == Contract.Violation.REFUSE;
  }

  /** Whether more rows are rejected than the table allows. */
  static boolean overBudget(Landed landed) {
    TableSpec table = landed.table();
    long allowed = refuses(table) ? 0 : table.budget().allowed(landed.read());
    return landed.rejectedRows() > allowed;
  }

  /**
   * What a table over its budget fails with: 65.
   *
   * @param first of the rejected rows, for people
   */
  static TaskFailure refused(TaskContext context, Landed landed, List<String> first) {
    TableSpec table = landed.table();
    long rejected = landed.rejectedRows();
    return TaskFailure.blocked(
        "table %s: %,d of %,d rows rejected, %s allowed: %s%s"
            .formatted(
                table.name(),
                rejected,
                landed.read(),
                refuses(table) ? "none" : table.budget(),
                String.join("; ", first),
                rejected > first.size() ? "; …" : ""),
        "see headgate dead-letters list "
            + context.run().runId()
            + "; correct the rows or the contract, or raise rejects: max");
  }
}
