package io.headgate.stores.objects;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.testing.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Places in the lab's object store that a test has for itself. */
final class Buckets {
  private Buckets() {}

  static Connection connection(String... user) {
    assumeTrue(Lab.s3(user).isPresent(), Lab.MISSING);
    return Lab.s3(user).orElseThrow();
  }

  /** A place of its own in the bucket for artefacts. */
  static StoragePlace.Bucket place() {
    return new StoragePlace.Bucket("artefacts", "objects-test/" + UUID.randomUUID(), "s3");
  }

  static ObjectStore open(StoragePlace.Bucket place, String... user) {
    return open(place, connection(user));
  }

  static ObjectStore open(StoragePlace.Bucket place, Connection connection) {
    return ObjectStores.open(place, Path.of(""), name -> connection);
  }

  /** The connection with other values. */
  static Connection with(Connection connection, Map<String, String> changes) {
    Map<String, String> properties = new LinkedHashMap<>(connection.properties());
    properties.putAll(changes);
    return new Connection("s3", "s3", properties, Set.of());
  }

  static List<String> names(ObjectStore store, String prefix) {
    List<String> names = new ArrayList<>();
    store.list(prefix, found -> names.add(found.name()));
    return names;
  }

  static void empty(ObjectStore store) {
    store.delete(names(store, ""));
  }
}
