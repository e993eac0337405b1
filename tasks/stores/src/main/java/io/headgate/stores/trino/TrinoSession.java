package io.headgate.stores.trino;

import io.headgate.api.Log;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.Loads;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import io.headgate.stores.duckdb.ParquetFiles;
import io.headgate.stores.trino.Together.Later;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One way into the private tables. Trino commits each statement; what a session must not leave half
 * done is on record as a {@link Change} before it happens.
 */
final class TrinoSession implements Session {
  private final TrinoSection section;
  private final TrinoPlace place;
  private final Trino trino;
  private final TrinoTables tables;
  private final OwnTables own;
  private final TaskContext.Registration stop;
  private final TrinoLoads loads;
  private final TrinoQualityHistory quality;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<TrinoTable> written = new ArrayList<>();
  private final List<LandedTable> landed = new ArrayList<>();
  private final Log log;
  private final Map<TrinoTable, Long> counted = new HashMap<>();
  private int stagings;
  private volatile boolean stopped;
  private Change change;
  private boolean committed;
  private TrinoLoads.@Nullable Known known;

  /** The loads, read and made ready to be added to while rows are written. */
  private @Nullable Later<TrinoLoads.Known> ready;

  /** The external tables, brought up to date while rows are counted. */
  private @Nullable Later<Map<String, SQLException>> shown;

  TrinoSession(TrinoSection section, Trino trino, TaskContext context) {
    this.section = section;
    this.place = section.trinoPlace();
    this.trino = trino;
    this.tables = new TrinoTables(trino, place);
    this.own = new OwnTables(trino, place);
    this.loads = new TrinoLoads(this);
    this.quality = new TrinoQualityHistory(this, place);
    this.change = Change.begin(place);
    this.log = context.log();
    this.stop = context.onStop(this::stop);
  }

  /** Closing the connection cancels what runs on it, at the server too. */
  private void stop() {
    stopped = true;
    try {
      trino.close();
    } catch (SQLException e) {
      System.getLogger(TrinoSession.class.getName()).log(Level.WARNING, "cannot stop a query", e);
    }
  }

  Trino trino() {
    return trino;
  }

  /** Whether what was written so far counts. */
  boolean committed() {
    return committed;
  }

  /** The loads that the log holds; read once while the section is held. */
  TrinoLoads.Known known() {
    if (known == null) {
      try {
        known = ready == null ? section.loads(trino) : ready.result();
      } catch (SQLException e) {
        throw failure("read the loads of " + place.describe(), e);
      }
    }
    return Objects.requireNonNull(known);
  }

  @Override
  public Connection jdbc() {
    return trino.jdbc();
  }

  @Override
  public Dialect dialect() {
    return TrinoDialect.INSTANCE;
  }

  @Override
  public String qualified(String table) {
    return tables.name(place.privately(), TrinoTables.lower(table));
  }

  @Override
  public Optional<TableShape> shape(String table) {
    try {
      return tables.shape(place.privately(), table);
    } catch (SQLException e) {
      throw failure("read the columns of " + table, e);
    }
  }

  @Override
  public List<String> tables() {
    try {
      return tables.list(place.privately()).keySet().stream()
          .filter(name -> !name.startsWith(TrinoPlace.OWN))
          .toList();
    } catch (SQLException e) {
      throw failure("list the private tables", e);
    }
  }

  /** Whether one of Headgate's own tables is there. */
  boolean owns(String table) throws SQLException {
    return tables.list(place.privately()).containsKey(table);
  }

  void make(String table, String columns) throws SQLException {
    own.make(place.privately(), table, columns);
  }

  /** Puts on record what one of Headgate's own tables is, before it changes. */
  void note(String table) throws SQLException {
    try {
      begin();
      if (!change.changes(place.privately(), table)) {
        change.note(version(place.privately(), table, Optional.empty()), Optional.empty());
      }
    } catch (IOException e) {
      throw TrinoFailures.of("note what is changed", e);
    }
  }

  /** A new change, when the one before counts. */
  private void begin() throws SQLException, IOException {
    if (committed) {
      change.finish(trino);
      change = Change.begin(place);
      written.clear();
      counted.clear();
      committed = false;
    }
  }

  private TableVersion version(String schema, String table, Optional<TableShape> shape)
      throws SQLException {
    return new TableVersion(schema, table, tables.snapshot(schema, table), shape);
  }

  @Override
  public WrittenTable write(LandedTable rows, Optional<TableShape> before)
      throws SQLException, InterruptedException {
    section.check();
    try {
      begin();
      String table = TrinoTables.lower(rows.name());
      String schema = rows.inPlace() ? place.readers() : place.privately();
      Optional<TableShape> shape = before;
      if (rows.inPlace()) {
        tables.createSchema(schema);
        shape = tables.shape(schema, table);
      }
      if (ready == null) {
        ready = Together.later(this::ready);
      }
      Staging staging = Staging.of(place, rows, change.token(), stagings++);
      boolean there = shape.isPresent();
      String name = tables.name(schema, table);
      Later<Long> rowsBefore = Together.later(() -> there ? TrinoTable.count(trino, name) : 0L);
      TableVersion version =
          shape.isPresent() ? version(schema, table, shape) : TableVersion.absent(schema, table);
      if (rows.mode() == LoadMode.REPLACE) {
        tables.keep(version, rows.columns().keySet().stream().map(TrinoTables::lower).toList());
      }
      change.note(version, staging.empty() ? Optional.empty() : Optional.of(staging));
      if (!staging.empty()) {
        staging.make(trino);
      }
      TrinoTable result = TrinoTable.write(this, rows, name, staging.select(), shape, rowsBefore);
      if (rows.inPlace()) {
        trino.run(
            "CREATE OR REPLACE VIEW %s AS SELECT * FROM %s".formatted(qualified(table), name));
      }
      written.add(result);
      landed.add(rows);
      return result;
    } catch (IOException e) {
      throw TrinoFailures.of("note what is loaded", e);
    }
  }

  private TrinoLoads.Known ready() throws SQLException {
    TrinoLoads.Known found = section.loads(trino);
    if (!owns(OwnTables.LOADS)) {
      make(OwnTables.LOADS, OwnTables.LOADS_COLUMNS);
    }
    return found;
  }

  @Override
  public long retain(String table, List<String> key, Path keys)
      throws SQLException, InterruptedException {
    section.check();
    try {
      begin();
      String name = TrinoTables.lower(table);
      boolean inPlace =
          landed.stream()
              .anyMatch(rows -> rows.inPlace() && TrinoTables.lower(rows.name()).equals(name));
      String schema = inPlace ? place.readers() : place.privately();
      Staging staging =
          Staging.of(place, ParquetFiles.described(table, keys), change.token(), stagings++);
      change.note(version(schema, name, tables.shape(schema, name)), Optional.of(staging));
      staging.make(trino);
      return trino.run(
          "DELETE FROM %s WHERE %s NOT IN (SELECT %s FROM (%s) AS k)"
              .formatted(
                  tables.name(schema, name),
                  TrinoTable.key("", key),
                  TrinoTable.key("k", key),
                  staging.select()));
    } catch (IOException e) {
      throw TrinoFailures.of("note what is removed", e);
    }
  }

  @Override
  public boolean readsInPlace(LandedTable.Parquet rows) {
    return rows.address().isPresent();
  }

  /** What each of the session's tables holds of its load; counted once, together. */
  long held(TrinoTable table) throws SQLException {
    if (counted.isEmpty()) {
      String all =
          written.stream()
              .map(TrinoTable::heldSql)
              .collect(Collectors.joining(", ", "SELECT ", ""));
      List<List<Long>> rows =
          trino.query(
              all,
              row -> {
                List<Long> counts = new ArrayList<>();
                for (int i = 1; i <= written.size(); i++) {
                  counts.add(row.getLong(i));
                }
                return counts;
              });
      for (int i = 0; i < written.size(); i++) {
        counted.put(written.get(i), rows.getFirst().get(i));
      }
    }
    return Objects.requireNonNull(counted.remove(table));
  }

  @Override
  public Loads loads() {
    return loads;
  }

  @Override
  public QualityHistory quality() {
    return quality;
  }

  @Override
  public void commit() throws SQLException {
    try {
      section.check();
      quality.commit(own);
      if (!loads.empty()) {
        known = ready == null ? ready() : ready.result();
        loads.insert(trino, own, place.privately(), change.token());
      }
      change.commit();
      committed = true;
      show();
    } catch (IOException e) {
      throw TrinoFailures.of("commit", e);
    }
  }

  /** The external tables follow the loads; what keeps them from it does not undo a load. */
  private void show() throws SQLException {
    tellShown();
    List<LandedTable> loaded = List.copyOf(landed);
    landed.clear();
    if (place.settings().landingCatalog().isPresent() && !loaded.isEmpty()) {
      shown = Together.later(() -> new LandingTables(place, trino).show(loaded));
    }
  }

  private void tellShown() throws SQLException {
    if (shown != null) {
      shown
          .result()
          .forEach(
              (table, e) ->
                  log.warn(
                      place.failure("show the landing of " + table + " as a table", e).line()));
      shown = null;
    }
  }

  /** Nothing of what runs beside the session outlives it. */
  private void settle() {
    if (ready != null) {
      try {
        ready.result();
      } catch (SQLException | RuntimeException e) {
        System.getLogger(TrinoSession.class.getName())
            .log(Level.DEBUG, "the loads were not made ready", e);
      }
      ready = null;
    }
  }

  @Override
  public void rollback() throws SQLException {
    try {
      settle();
      landed.clear();
      loads.clear();
      quality.clear();
      if (committed || change.empty()) {
        return;
      }
      change.undo(trino);
      change = Change.begin(place);
      written.clear();
    } catch (IOException e) {
      throw TrinoFailures.of("take back what was loaded", e);
    }
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return stopped ? TaskFailure.stopped(what + ": stopped") : place.failure(what, error);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (trino) {
      stop.close();
      settle();
      if (stopped) {
        return;
      }
      if (committed) {
        change.finish(trino);
        tellShown();
      } else {
        rollback();
      }
    } catch (SQLException | IOException e) {
      // On record: whoever enters next takes it back, or clears up.
      System.getLogger(TrinoSession.class.getName())
          .log(Level.DEBUG, "a change is left for the next session to settle", e);
    } finally {
      section.turns().release();
    }
  }
}
