package io.headgate.stores.objects;

import io.headgate.api.Connection;
import io.headgate.api.ExitCode;
import io.headgate.api.TaskFailure;
import io.headgate.stores.Probe;
import io.headgate.stores.Probe.Right;
import io.headgate.stores.Probe.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Looks at an object store: writes a small object where a target keeps files, and removes it. */
public final class ObjectProbe {
  private ObjectProbe() {}

  /** See {@link Probe#of}. */
  public static Probe of(Connection connection, Path projectDirectory, List<Storage> uses) {
    String endpoint = connection.properties().getOrDefault("endpoint", "AWS");
    if (uses.isEmpty()) {
      S3Clients.of(connection, projectDirectory);
      return new Probe("s3 " + endpoint, "not used by any target", Duration.ZERO, List.of());
    }
    List<Right> rights = new ArrayList<>();
    Duration latency = Duration.ofDays(1);
    for (Storage use : uses) {
      ObjectStore store = S3Store.open(use.place(), connection, projectDirectory);
      Duration took = Probe.timed(() -> store.head(".headgate-probe"));
      latency = took.compareTo(latency) < 0 ? took : latency;
      rights.add(written(store));
    }
    return new Probe("s3 " + endpoint, "S3", latency, rights);
  }

  /** Listing, conditional put and deletion: what landing and leases need. */
  private static Right written(ObjectStore store) {
    String name = ".headgate-probe-" + UUID.randomUUID();
    String what = "write, list and delete below " + store.address();
    try {
      Optional<Stored> made = store.putIfAbsent(name, "probe");
      Optional<Stored> again = store.putIfAbsent(name, "another");
      store.list(name, _ -> {});
      store.delete(List.of(name));
      boolean conditional = made.isPresent() && again.isEmpty();
      return new Right(
          conditional ? what : "write on conditions below " + store.address(),
          conditional,
          "this store overwrites in spite of If-None-Match: leases need one that does not");
    } catch (TaskFailure e) {
      if (e.exitCode() != ExitCode.CONFIGURATION) {
        throw e;
      }
      return new Right(what, false, e.line());
    }
  }
}
