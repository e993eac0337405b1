package io.headgate.stores.duckdb;

import io.headgate.api.TaskContext;
import io.headgate.api.TaskFailure;
import java.nio.file.Path;

/**
 * Where the files of one pipeline in one warehouse lie.
 *
 * @param directory below the state directory: by target, pipeline and warehouse
 * @param published the file that readers open
 * @param publishedName the published file as people wrote it
 * @param schema of the tables on both sides
 */
record WorkPlace(
    Path directory,
    Path published,
    String publishedName,
    String schema,
    String pipeline,
    String target,
    DuckDb.Settings settings) {
  /** The catalog name of the work file, wherever it is opened; views in it may rely on it. */
  static final String WORK = "work";

  /** The schema of Headgate's own tables, on both sides. */
  static final String OWN = "_headgate";

  static WorkPlace of(TaskContext context) {
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

  String describe() {
    return "duckdb " + publishedName;
  }
}
