package io.headgate.stores.trino;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.api.WarehouseReference;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.objects.ObjectStore;
import io.headgate.stores.objects.ObjectStores;
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
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where one pipeline works in one Iceberg catalog.
 *
 * @param kept lease and documents, which Iceberg cannot commit with the tables
 * @param readers the schema that readers see; lower case, as Trino keeps names
 * @param privately the schema of the private tables
 * @param staging opens the place where landed files of this machine are put for Trino
 */
public record TrinoPlace(
    KeptSection kept,
    TrinoSettings settings,
    String readers,
    String privately,
    String pipeline,
    String target,
    Supplier<ObjectStore> staging)
    implements SectionPlace {
  /** What the names of Headgate's own tables begin with. */
  static final String OWN = "_headgate_";

  private static final int LONGEST_SCHEMA = 120;

  /** Loads what a connection needs, by asking for next to nothing. */
  public static void expect(Connection connection, Path projectDirectory) throws SQLException {
    try (Trino trino =
        new Trino(TrinoSettings.of(connection, projectDirectory).open("information_schema"))) {
      trino.number("SELECT 1");
    }
  }

  /** Where the context's pipeline works at its target. */
  public static TrinoPlace of(TaskContext context) {
    Path project = context.projectDirectory().toAbsolutePath();
    return of(
        KeptSection.of(context),
        context.warehouse(),
        context.run().pipeline(),
        project,
        context.run().target(),
        settings ->
            staging(settings, project, context.storage(), context.landing(), context::connection));
  }

  /** The same where no task runs. */
  static TrinoPlace of(ServerCleaning.Place where) {
    Path project = where.projectDirectory().toAbsolutePath();
    ServerCleaning.Target target = where.target();
    return of(
        where.kept(),
        where.warehouse(),
        where.pipeline(),
        project,
        target.name(),
        settings ->
            staging(settings, project, target.storage(), target.landing(), target::connection));
  }

  private static TrinoPlace of(
      KeptSection kept,
      WarehouseReference warehouse,
      String pipeline,
      Path project,
      String target,
      Function<TrinoSettings, ObjectStore> staging) {
    String schema = warehouse.schema().toLowerCase(Locale.ROOT);
    String privately = schema + "__" + pipeline.toLowerCase(Locale.ROOT);
    if (schema.isBlank() || schema.equals("information_schema")) {
      throw TaskFailure.configuration(
          "warehouse " + warehouse.name() + " cannot use the schema \"" + schema + "\"",
          "name another schema");
    }
    if (privately.length() > LONGEST_SCHEMA) {
      throw TaskFailure.configuration(
          "the name of the private schema \"" + privately + "\" is too long for Iceberg",
          "shorten the schema or the pipeline's name to " + LONGEST_SCHEMA + " characters in all");
    }
    TrinoSettings settings = TrinoSettings.of(warehouse.connection(), project);
    return new TrinoPlace(
        kept, settings, schema, privately, pipeline, target, () -> staging.apply(settings));
  }

  /** Where the target lands will do as well: what is put there is deleted after the load. */
  private static ObjectStore staging(
      TrinoSettings settings,
      Path project,
      Optional<String> storage,
      StoragePlace landing,
      Function<String, Connection> connections) {
    if (settings.staging().isEmpty() && landing instanceof StoragePlace.Bucket bucket) {
      return ObjectStores.open(bucket, project, connections);
    }
    String address =
        settings
            .staging()
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "files landed on this machine cannot reach Trino: connection "
                            + settings.name()
                            + " has no staging",
                        "set staging to such as s3://landing/staging, or the target's landing to"
                            + " an address"));
    try {
      return ObjectStores.open(StoragePlace.parse(address, project, storage), project, connections);
    } catch (IllegalArgumentException e) {
      throw TaskFailure.configuration(
          "staging of connection " + settings.name() + ": " + e.getMessage(),
          "write an address such as s3://landing/staging, and name a connection of kind s3 as the"
              + " target's storage");
    }
  }

  /** The schema of copies that a restore needs. */
  String copies() {
    return privately + "__kept";
  }

  Trino open() throws SQLException {
    return new Trino(settings.open(privately));
  }

  TaskFailure failure(String what, SQLException error) {
    return TrinoFailures.of(settings, what, error);
  }

  @Override
  public Object key() {
    return kept.key();
  }

  @Override
  public String describe() {
    return settings.describe() + "." + readers;
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
    return new TrinoSection(this, runId, lease);
  }

  @Override
  public List<Publication> published() throws InterruptedException {
    try (Trino trino = open()) {
      return new PublicationLog(this, trino).publications();
    } catch (SQLException e) {
      throw failure("read " + describe(), e);
    }
  }
}
