package io.headgate.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Sql;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.SectionPlace;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The schemas of one pipeline in one database.
 *
 * @param publishedSchema that readers know
 * @param target only on record; two targets with the same schema are the same place
 */
public record PostgresPlace(
    PostgresServer server, String publishedSchema, String pipeline, String target)
    implements SectionPlace {
  /** Begins the names of Headgate's own tables. */
  static final String OWN = "_headgate_";

  private static final int LONGEST_NAME = 63;

  /** Where the context's pipeline works at its target. */
  public static PostgresPlace of(TaskContext context) {
    return of(
        context.warehouse(),
        context.projectDirectory(),
        context.run().pipeline(),
        context.run().target());
  }

  static PostgresPlace of(
      WarehouseReference warehouse, Path projectDirectory, String pipeline, String target) {
    PostgresServer server =
        PostgresServer.of(warehouse.connection(), projectDirectory.toAbsolutePath());
    PostgresPlace place = new PostgresPlace(server, warehouse.schema(), pipeline, target);
    if (warehouse.schema().isBlank() || warehouse.schema().startsWith("pg_")) {
      throw TaskFailure.configuration(
          "warehouse " + warehouse.name() + " cannot use the schema \"" + warehouse.schema() + "\"",
          "name another schema");
    }
    requireName("schema", place.kept());
    return place;
  }

  /** Longer names are cut by the server without a word. */
  static String requireName(String what, String name) {
    int bytes = name.getBytes(UTF_8).length;
    if (bytes > LONGEST_NAME) {
      throw TaskFailure.configuration(
          "the %s name \"%s\" has %d bytes, and PostgreSQL keeps %d"
              .formatted(what, name, bytes, LONGEST_NAME),
          "choose a shorter one");
    }
    return name;
  }

  /** The schema of the private tables. */
  String schema() {
    return publishedSchema + "__" + pipeline;
  }

  /** The schema of the copies that restore and rollback lead back to. */
  String kept() {
    return schema() + "__kept";
  }

  String inPrivate(String table) {
    return Sql.path(schema(), table);
  }

  String inPublished(String table) {
    return Sql.path(publishedSchema, table);
  }

  String inKept(String table) {
    return Sql.path(kept(), table);
  }

  /** All connections of the section bear it, so that who takes over can end what is left. */
  String application() {
    return "headgate " + HexFormat.of().toHexDigits(lockKey());
  }

  /** Of the advisory lock. */
  long lockKey() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(("headgate " + schema()).getBytes(UTF_8));
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Object key() {
    return List.of("postgres", server.host(), server.port(), server.database(), schema());
  }

  @Override
  public String describe() {
    return server.describe() + " schema " + publishedSchema;
  }

  @Override
  public Optional<Lease> tryTake(Holder holder) {
    try {
      return PostgresLease.tryTake(this, holder).map(lease -> lease);
    } catch (SQLException e) {
      throw PostgresFailures.of("take the lease of " + describe(), e);
    }
  }

  @Override
  public Optional<Holder> holder() {
    try (Link link = new Link(server.open("headgate"))) {
      return OwnTables.holder(link, this);
    } catch (SQLException e) {
      // Only for people: unknown is an answer too.
      return Optional.empty();
    }
  }

  @Override
  public HeldSection under(Lease lease, String runId) {
    return new PostgresSection(this, runId, (PostgresLease) lease);
  }

  List<Publication> published(TaskContext context) {
    try (Link link = new Link(server.open("headgate"), context)) {
      return new PublishedRecord(this, link).list();
    } catch (SQLException e) {
      throw PostgresFailures.of("read " + describe(), e);
    }
  }

  @Override
  public List<Publication> published() {
    try (Link link = new Link(server.open("headgate"))) {
      return new PublishedRecord(this, link).list();
    } catch (SQLException e) {
      throw PostgresFailures.of("read " + describe(), e);
    }
  }
}
