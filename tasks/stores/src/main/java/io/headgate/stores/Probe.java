package io.headgate.stores;

import io.headgate.api.Connection;
import io.headgate.api.StoragePlace;
import io.headgate.api.TaskFailure;
import io.headgate.stores.clickhouse.ClickHouseProbe;
import io.headgate.stores.duckdb.DuckDbProbe;
import io.headgate.stores.objects.ObjectProbe;
import io.headgate.stores.postgres.PostgresProbe;
import io.headgate.stores.trino.TrinoProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a connection turns out to be. Nothing that is there is changed.
 *
 * @param place for people, without secrets
 * @param version in the store's own words
 * @param latency of the smallest question
 * @param rights that its uses need
 */
public record Probe(String place, String version, Duration latency, List<Right> rights) {
  /** Something that is done over a connection. */
  public sealed interface Use {}

  /** A pipeline works in a warehouse. */
  public record Warehouse(String schema, String pipeline) implements Use {
    /** The schema of the private tables on a server. */
    public String secluded() {
      return schema + "__" + pipeline;
    }

    /** The schema of the copies that a restore needs. */
    public String kept() {
      return secluded() + "__kept";
    }
  }

  /** A target keeps files there. */
  public record Storage(StoragePlace.Bucket place) implements Use {}

  /**
   * Something that must be allowed.
   *
   * @param what such as {@code create tables in analytics}
   * @param remedy what to do when it is not given
   */
  public record Right(String what, boolean given, String remedy) {}

  public Probe {
    rights = List.copyOf(rights);
  }

  /** Whether everything is allowed. */
  public boolean sufficient() {
    return rights.stream().allMatch(Right::given);
  }

  /**
   * Looks at a store; kinds that are sources alone are the business of those who read them.
   *
   * @param projectDirectory what paths in connections are relative to
   * @throws TaskFailure when it cannot be reached or entered
   */
  public static Probe of(Connection connection, Path projectDirectory, List<Use> uses) {
    List<Warehouse> warehouses =
        uses.stream().filter(Warehouse.class::isInstance).map(Warehouse.class::cast).toList();
    return switch (connection.kind()) {
      case "duckdb" -> DuckDbProbe.of(connection, projectDirectory);
      case "postgres" -> PostgresProbe.of(connection, projectDirectory, warehouses);
      case "clickhouse" -> ClickHouseProbe.of(connection, projectDirectory, warehouses);
      case "trino" -> TrinoProbe.of(connection, projectDirectory, warehouses);
      case "s3" ->
          ObjectProbe.of(
              connection,
              projectDirectory,
              uses.stream().filter(Storage.class::isInstance).map(Storage.class::cast).toList());
      default ->
          throw TaskFailure.configuration(
              "connections of kind " + connection.kind() + " cannot be tested", "");
    };
  }

  /** Something that is timed. */
  @FunctionalInterface
  public interface Question<E extends Exception> {
    void ask() throws E;
  }

  /** The shortest of three times that a question takes. */
  public static <E extends Exception> Duration timed(Question<E> question) throws E {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long begin = System.nanoTime();
      question.ask();
      shortest = Math.min(shortest, System.nanoTime() - begin);
    }
    return Duration.ofNanos(shortest);
  }
}
