package io.headgate.stores.duckdb;

import io.headgate.api.Connection;
import io.headgate.api.TaskFailure;
import io.headgate.stores.DurableFiles;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a published file, or at the folder that it will lie in. */
public final class DuckDbProbe {
  private DuckDbProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory) {
    String path =
        Optional.ofNullable(connection.properties().get("path"))
            .orElseThrow(
                () ->
                    TaskFailure.configuration(
                        "connection " + connection.name() + " has no path",
                        "set path to the published file"));
    Path file = projectDirectory.resolve(path).normalize();
    DuckDb.Settings settings =
        DuckDb.Settings.of(connection.properties(), projectDirectory.resolve(".headgate"));
    try (var database = DuckDb.open(settings);
        Statement statement = database.createStatement()) {
      if (Files.exists(file)) {
        DuckDb.attach(database, file, "published", true, Duration.ZERO);
      }
      String version;
      try (ResultSet rows = statement.executeQuery("SELECT version()")) {
        rows.next();
        version = rows.getString(1);
      }
      Duration latency = Probe.timed(() -> statement.execute("SELECT 1"));
      return new Probe("duckdb " + path, version, latency, List.of(writable(file)));
    } catch (SQLException e) {
      throw DuckDbFailures.of("open " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TaskFailure.stopped("stopped while opening " + path);
    }
  }

  private static Right writable(Path file) {
    @Nullable Path place = Files.exists(file) ? file : file.getParent();
    while (place != null && !Files.exists(place)) {
      place = place.getParent();
    }
    boolean given = place != null && writable(place, file);
    return new Right("write " + file, given, "make it and its folder writable");
  }

  private static boolean writable(Path place, Path file) {
    try {
      Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
      if (folder == null || (Files.exists(file) && !Files.isWritable(file))) {
        return false;
      }
      Files.delete(Files.createTempFile(folder, "headgate", DurableFiles.TEMPORARY));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
