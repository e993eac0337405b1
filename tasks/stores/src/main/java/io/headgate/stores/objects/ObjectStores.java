package io.headgate.stores.objects;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskContext;
import java.nio.file.Path;
import java.util.function.Function;

/** Opens places. Nothing of S3 is loaded before a bucket is opened. */
public final class ObjectStores {
  private ObjectStores() {}

  /** Makes the client of a connection, which serves all of this process. */
  public static void expect(Connection connection, Path projectDirectory) {
    Object _ = S3Clients.of(connection, projectDirectory);
  }

  /** The place as a step sees it. */
  public static ObjectStore open(TaskContext context, StoragePlace place) {
    return open(place, context.projectDirectory(), context::connection);
  }

  /**
   * Opens a place.
   *
   * @param projectDirectory what paths in connections are relative to
   * @param connections gives connections by name; asked for a bucket only
   */
  public static ObjectStore open(
      StoragePlace place, Path projectDirectory, Function<String, Connection> connections) {
    return switch (place) {
      case StoragePlace.Folder(Path path) -> new FolderStore(path);
      case StoragePlace.Bucket bucket ->
          S3Store.open(bucket, connections.apply(bucket.connection()), projectDirectory);
    };
  }
}
