package io.headgate.stores.clickhouse;

import io.headgate.api.Connection;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.KeptSection;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.SectionPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One pipeline in one ClickHouse at one target: three databases, and a place for lease and record.
 *
 * @param schema the database that readers use
 * @param temporary a folder of this machine
 */
public record ClickHousePlace(
    Server server, String schema, String pipeline, String target, KeptSection kept, Path temporary)
    implements SectionPlace {
  private static final int LONGEST_NAME = 150;

  /** Loads what a connection needs, by opening one. */
  public static void expect(Connection connection, Path projectDirectory) throws SQLException {
    Link.open(Server.of(connection, projectDirectory), "", "headgate").close();
  }

  /** Where the context's pipeline works at its target. */
  public static ClickHousePlace of(TaskContext context) {
    return of(
        context.warehouse(),
        context.projectDirectory(),
        context.run().pipeline(),
        context.run().target(),
        KeptSection.of(context),
        context.stateDirectory().toAbsolutePath().resolve("tmp"));
  }

  /** Where somebody cleans who is no run. */
  static ClickHousePlace of(ServerCleaning.Place where) {
    return of(
        where.warehouse(),
        where.projectDirectory(),
        where.pipeline(),
        where.target().name(),
        where.kept(),
        where.projectDirectory());
  }

  private static ClickHousePlace of(
      WarehouseReference warehouse,
      Path projectDirectory,
      String pipeline,
      String target,
      KeptSection kept,
      Path temporary) {
    Server server = Server.of(warehouse.connection(), projectDirectory.toAbsolutePath());
    String schema = warehouse.schema();
    if (schema.isBlank()
        || schema.equals("system")
        || schema.equals("default")
        || schema.equalsIgnoreCase("information_schema")) {
      throw TaskFailure.configuration(
          "warehouse " + warehouse.name() + " cannot use the schema \"" + schema + "\"",
          "name another schema");
    }
    ClickHousePlace place = new ClickHousePlace(server, schema, pipeline, target, kept, temporary);
    if (place.copies().length() > LONGEST_NAME) {
      throw TaskFailure.configuration(
          "the name of the database \"" + place.copies() + "\" is too long for ClickHouse",
          "name the schema or the pipeline shorter");
    }
    return place;
  }

  /** The database in which the pipeline works. */
  String secluded() {
    return schema + "__" + pipeline;
  }

  /** The database with the copies that restores and rollbacks take. */
  String copies() {
    return secluded() + "__kept";
  }

  /** Begins the marks of all queries of this place. */
  String mark() {
    return "headgate " + schema + " " + pipeline + " " + target + " ";
  }

  Link open(String database, String who) throws SQLException {
    return Link.open(server, database, mark() + who);
  }

  @Override
  public Object key() {
    return kept.key();
  }

  @Override
  public String describe() {
    return server.describe() + " " + schema;
  }

  @Override
  public Optional<Lease> tryTake(Holder holder) throws IOException, InterruptedException {
    return kept.tryTake(holder);
  }

  @Override
  public Optional<Holder> holder() {
    return kept.holder();
  }

  @Override
  public Optional<Instant> leaseEnds() {
    return kept.leaseEnds();
  }

  @Override
  public HeldSection under(Lease lease, String runId) {
    return new ClickHouseSection(this, runId, lease);
  }

  @Override
  public List<Publication> published() {
    try (Link link = Link.open(server, "", "headgate list")) {
      return new PublishedRows(this, link).list();
    } catch (SQLException e) {
      throw ClickHouseFailures.of("read the publications of " + describe(), e, server);
    }
  }
}
