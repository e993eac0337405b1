package io.headgate.stores.trino;

import io.headgate.api.StoragePlace;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads landed Parquet in the object store into Iceberg, in turns with a plain {@code CREATE TABLE
 * … AS} from the same files; see {@code bench/trino}. Arguments: rows, rounds.
 */
final class TrinoBench {
  private static final String COLUMNS =
      "id bigint, customer int, amount decimal(18,2), status text, note text, at timestamp";
  private static final String TABLE =
      "(c0 bigint, c1 integer, c2 decimal(18,2), c3 varchar, c4 varchar, c5 timestamp(6))";

  private TrinoBench() {}

  public static void main(String[] arguments) throws Exception {
    long rows = Long.parseLong(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    Path project = Files.createTempDirectory("bench-trino");
    try (TrinoLab lab = TrinoLab.open(project)) {
      LandedTable landed = land(lab, rows);
      String address = ((LandedTable.Parquet) landed.source()).address().orElseThrow();
      lab.run("CREATE SCHEMA IF NOT EXISTS hive." + lab.schema);
      lab.run("CREATE SCHEMA IF NOT EXISTS lake." + lab.schema);
      lab.run(
          "CREATE TABLE hive.%s.plain %s WITH (format = 'PARQUET', external_location = '%s/')"
              .formatted(lab.schema, TABLE, address));
      List<Double> plain = new ArrayList<>();
      List<Double> ours = new ArrayList<>();
      for (int round = 0; round <= rounds; round++) {
        double one = seconds(() -> plain(lab));
        double other = seconds(() -> load(lab, landed));
        if (round > 0) {
          plain.add(one);
          ours.add(other);
          System.out.printf("round %d: plain CTAS %.2f s, load %.2f s%n", round, one, other);
        }
      }
      double by = median(plain);
      double loaded = median(ours);
      System.out.printf(
          "%,d rows: plain CTAS %.2f s, load %.2f s, ratio %.2f (medians of %d)%n",
          rows, by, loaded, loaded / by, rounds);
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void plain(TrinoLab lab) throws Exception {
    lab.run(
        "CREATE OR REPLACE TABLE lake.%1$s.plain AS SELECT * FROM hive.%1$s.plain"
            .formatted(lab.schema));
  }

  /** Enters, loads, commits, counts and leaves, as a step does. */
  private static void load(TrinoLab lab, LandedTable landed) throws Exception {
    try (RunHold hold = Workspace.hold("bench");
        Workspace workspace = Workspace.enter(lab.context("bench"));
        Session session = workspace.session()) {
      var written = session.write(landed, session.shape("a"));
      session.loads().forget("a");
      session.loads().record(TrinoLab.record(landed, "bench"));
      session.commit();
      if (written.held() != landed.rows()) {
        throw new AssertionError(written.held() + " rows");
      }
    }
  }

  private static LandedTable land(TrinoLab lab, long rows) throws Exception {
    LandedTable here =
        lab.landed(
            "a",
            "bench",
            LoadMode.REPLACE,
            COLUMNS,
            """
            SELECT i AS id, (i %% 50000)::INT AS customer, ((i * 7919) %% 1000000 / 100)::DECIMAL(18,2) AS amount,
              ['new', 'paid', 'sent', 'back'][1 + i %% 4] AS status, md5(i::VARCHAR) AS note,
              TIMESTAMP '2021-01-01' + INTERVAL (i %% 31536000) SECOND AS at
            FROM range(%d) AS r(i)
            """
                .formatted(rows));
    String place =
        "s3://%s/%s/bench/data-1"
            .formatted(Lab.variable("S3_LANDING_BUCKET").orElse("landing"), lab.schema);
    StoragePlace bucket = StoragePlace.parse(place, lab.project, Optional.of("s3"));
    Path part = ((LandedTable.Parquet) here.source()).parts().getFirst();
    ObjectStores.open(lab.context("land"), bucket).put("part-00000.parquet", part);
    return new LandedTable(
        here.name(),
        here.loadId(),
        here.mode(),
        here.columns(),
        here.required(),
        here.key(),
        here.eventTime(),
        here.interval(),
        false,
        new LandedTable.Parquet(List.of(Path.of("part-00000.parquet")), Optional.of(place)),
        here.rows());
  }
}
