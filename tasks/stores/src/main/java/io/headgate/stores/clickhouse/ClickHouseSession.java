package io.headgate.stores.clickhouse;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Dialect;
import io.headgate.stores.LandedTable;
import io.headgate.stores.Loads;
import io.headgate.stores.QualityHistory;
import io.headgate.stores.Session;
import io.headgate.stores.StoreFailures;
import io.headgate.stores.TableShape;
import io.headgate.stores.WrittenTable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A way into the private database. Tables are written beside those that are there; a commit
 * exchanges them all and then inserts the record of the loads, with which they count.
 */
final class ClickHouseSession implements Session {
  private final ClickHouseSection section;
  private final ClickHousePlace place;
  private final Link link;
  private final Catalog catalog;
  private final ClickHouseLoads loads;
  private final ClickHouseQualityHistory quality;
  private final Stages stages;
  private final TaskContext.Registration stop;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A table that waits for the commit. */
  private record Waiting(String database, String stage, boolean inPlace) {}

  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  ClickHouseSession(ClickHouseSection section, Link link, TaskContext context) {
    this.section = section;
    this.place = section.clickHouse();
    this.link = link;
    this.catalog = new Catalog(link);
    this.stages = new Stages(place.secluded());
    this.loads = new ClickHouseLoads(link, place.secluded());
    this.quality =
        new ClickHouseQualityHistory(
            link, place.secluded(), context.run().pipeline(), UUID.randomUUID().toString());
    this.stop = context.onStop(link::stop);
  }

  Link link() {
    return link;
  }

  String stageDatabase() {
    return stages.database();
  }

  String stageName() {
    return stages.next();
  }

  /** A folder of this machine for what does not fit into memory. */
  Path temporary() {
    return place.temporary();
  }

  /** Lets a finished table wait for the commit in place of the one of the load's name. */
  void put(LandedTable rows, String stage) {
    String database = rows.inPlace() ? place.schema() : place.secluded();
    waiting.put(rows.name(), new Waiting(database, stage, rows.inPlace()));
  }

  /** The table as this session sees it. */
  Optional<Catalog.Present> current(String table) throws SQLException {
    Waiting one = waiting.get(table);
    if (one != null) {
      return catalog.find(stages.database(), one.stage());
    }
    Optional<Catalog.Present> present = catalog.find(place.secluded(), table);
    return present.isPresent() && present.get().inPlace()
        ? catalog.find(place.schema(), table)
        : present;
  }

  /** The version of an existing table that waits for the commit, made now if there is none. */
  String changeable(String table) throws SQLException {
    Waiting one = waiting.get(table);
    if (one == null) {
      boolean inPlace =
          catalog.find(place.secluded(), table).filter(Catalog.Present::inPlace).isPresent();
      if (inPlace) {
        InPlace.prepare(link, place, table);
      }
      String database = inPlace ? place.schema() : place.secluded();
      String stage = stageName();
      link.execute(
          "CREATE TABLE %s CLONE AS %s"
              .formatted(Words.path(stages.database(), stage), Words.path(database, table)));
      one = new Waiting(database, stage, inPlace);
      waiting.put(table, one);
    }
    return Words.path(stages.database(), one.stage());
  }

  @Override
  public Connection jdbc() {
    return link.jdbc();
  }

  @Override
  public Dialect dialect() {
    return ClickHouseDialect.INSTANCE;
  }

  @Override
  public String qualified(String table) {
    return Words.path(place.secluded(), table);
  }

  @Override
  public Optional<TableShape> shape(String table) {
    try {
      Optional<Catalog.Present> present = current(table);
      return present.isEmpty()
          ? Optional.empty()
          : catalog.shape(present.get().database(), present.get().name());
    } catch (SQLException e) {
      throw failure("read the columns of " + table, e);
    }
  }

  @Override
  public List<String> tables() {
    try {
      return catalog.all(place.secluded()).keySet().stream()
          .filter(name -> !OwnTables.own(name))
          .toList();
    } catch (SQLException e) {
      throw failure("list the private tables", e);
    }
  }

  @Override
  public WrittenTable write(LandedTable rows, Optional<TableShape> before) throws SQLException {
    try {
      if (rows.inPlace()) {
        InPlace.prepare(link, place, rows.name());
      }
      return ClickHouseTable.write(this, rows, before);
    } catch (IOException e) {
      throw StoreFailures.of("load " + rows.name() + " into " + place.describe(), e);
    }
  }

  @Override
  public long retain(String table, List<String> key, Path keys) throws SQLException {
    try {
      return Gone.remove(this, table, key, keys);
    } catch (IOException e) {
      throw StoreFailures.of("remove rows of " + table + " from " + place.describe(), e);
    }
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
    section.check();
    quality.write();
    if (waiting.isEmpty()) {
      loads.write(Optional.empty());
      loads.discard();
      return;
    }
    String token = UUID.randomUUID().toString();
    List<Switch> switches = new ArrayList<>();
    for (Map.Entry<String, Waiting> one : waiting.entrySet()) {
      Waiting table = one.getValue();
      switches.add(
          new Switch(
              table.database(),
              one.getKey(),
              stages.database(),
              table.stage(),
              Optional.of(catalog.uuid(stages.database(), table.stage())),
              catalog.find(table.database(), one.getKey()).map(Catalog.Present::uuid)));
    }
    try {
      section.planLoad(token, switches);
      for (Switch one : switches) {
        one.forward(link);
      }
      for (Map.Entry<String, Waiting> one : waiting.entrySet()) {
        if (one.getValue().inPlace()) {
          InPlace.view(link, place, one.getKey());
        }
      }
      section.check();
      loads.write(Optional.of(token));
      waiting.clear();
      loads.discard();
      section.loaded();
    } catch (IOException e) {
      throw StoreFailures.of("commit to " + place.describe(), e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    waiting.clear();
    loads.discard();
    quality.discard();
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return ClickHouseFailures.of(what, error, link);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (link) {
      stop.close();
      if (link.stopped()) {
        section.unswept();
      } else {
        rollback();
        stages.drop(link);
      }
    } catch (SQLException e) {
      // What is left is swept by whoever opens the tables next; the error that led here counts.
      section.unswept();
      System.getLogger(ClickHouseSession.class.getName())
          .log(System.Logger.Level.DEBUG, "cannot clean up", e);
    } finally {
      section.turns().release();
    }
  }
}
