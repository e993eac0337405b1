package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Leases;
import io.headgate.stores.Publications.Publication;
import io.headgate.stores.section.FileLease;
import io.headgate.stores.section.HeldSection;
import io.headgate.stores.section.Holder;
import io.headgate.stores.section.Lease;
import io.headgate.stores.section.SectionPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of one pipeline in one warehouse lie.
 *
 * @param directory below the state directory: by target, pipeline and warehouse
 * @param publishedFile the file that readers open
 * @param publishedName the published file as people wrote it
 * @param schema of the tables on both sides
 */
public record WorkPlace(
    Path directory,
    Path publishedFile,
    String publishedName,
    String schema,
    String pipeline,
    String target,
    DuckDb.Settings settings)
    implements SectionPlace {
  /** The catalog name of the work file, wherever it is opened; views in it may rely on it. */
  static final String WORK = "work";

  /** The schema of Headgate's own tables, on both sides. */
  static final String OWN = "_headgate";

  /** Where the context's pipeline works at its target. */
  public static WorkPlace of(TaskContext context) {
    var warehouse = context.warehouse();
    var connection = warehouse.connection();
    String path = connection.properties().get("path");
    if (path == null || path.isBlank()) {
      throw TaskFailure.configuration(
          "connection " + connection.name() + " has no path", "set path to the published file");
    }
    if (warehouse.schema().isBlank() || warehouse.schema().equalsIgnoreCase(OWN)) {
      throw TaskFailure.configuration(
          "warehouse " + warehouse.name() + " cannot use the schema \"" + warehouse.schema() + "\"",
          "name another schema");
    }
    Path work = context.stateDirectory().toAbsolutePath().resolve("work");
    Path directory =
        below(
            below(below(work, context.run().target()), context.run().pipeline()), warehouse.name());
    return new WorkPlace(
        directory,
        context.projectDirectory().toAbsolutePath().resolve(path).normalize(),
        path,
        warehouse.schema(),
        context.run().pipeline(),
        context.run().target(),
        DuckDb.Settings.of(connection.properties(), context.stateDirectory().toAbsolutePath()));
  }

  private static Path below(Path directory, String name) {
    Path path = directory.resolve(name).normalize();
    if (!directory.equals(path.getParent())) {
      throw TaskFailure.configuration(
          "\"" + name + "\" cannot name a folder", "use letters, digits, - and _");
    }
    return path;
  }

  Path workFile() {
    return directory.resolve("work.duckdb");
  }

  Path workLog() {
    return directory.resolve("work.duckdb.wal");
  }

  Path snapshots() {
    return directory.resolve("snapshots");
  }

  Path snapshot(String publication) {
    return below(snapshots(), publication + ".duckdb");
  }

  @Override
  public Object key() {
    return directory;
  }

  @Override
  public String describe() {
    return "duckdb " + publishedName;
  }

  @Override
  public Optional<Lease> tryTake(Holder holder) throws IOException {
    return FileLease.tryTake(directory, holder);
  }

  @Override
  public Optional<Holder> holder() {
    return Holder.read(FileLease.holderFile(directory));
  }

  @Override
  public HeldSection under(Lease lease, String runId) {
    return new DuckDbSection(this, runId, lease);
  }

  @Override
  public List<Publication> published() throws InterruptedException {
    try {
      return new PublishedFile(this).list(Leases.longestWait());
    } catch (SQLException e) {
      throw DuckDbFailures.of("read " + publishedName, e);
    }
  }
}
