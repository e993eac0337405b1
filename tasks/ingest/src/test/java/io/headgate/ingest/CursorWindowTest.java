package io.headgate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens at the source, late rows included: after each run the table is as it is. */
class CursorWindowTest {
  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void followsTheSource(long seed) throws Exception {
    Random random = new Random(seed);
    try (PostgresServer server = PostgresServer.open()) {
      server.execute(
          "CREATE TABLE {s}.t (id int PRIMARY KEY, v text, updated_at timestamptz NOT NULL)");
      Project project =
          new Project(root)
              .connection(server.connection)
              .table(
                  "t",
                  SourceTable.table(server.table("t"))
                      .key("id")
                      .cursor("updated_at", "10m")
                      .compareDeletes()
                      .build());
      int minutes = 0;
      int next = 1;
      for (int run = 0; run < 8; run++) {
        for (int change = random.nextInt(12); change > 0; change--) {
          minutes += random.nextInt(8);
          int late = minutes - random.nextInt(10);
          String at =
              "timestamptz '2024-01-01' + interval '1 minute' * %d + interval '1 microsecond' * %d"
                  .formatted(random.nextBoolean() ? late : minutes, random.nextInt(1000));
          int known = 1 + random.nextInt(next);
          switch (random.nextInt(4)) {
            case 0 -> server.execute("DELETE FROM {s}.t WHERE id = " + known);
            case 1 ->
                server.execute(
                    "UPDATE {s}.t SET v = 'v%d', updated_at = greatest(%s, (SELECT max(updated_at) - interval '9 minutes' FROM {s}.t)) WHERE id = %d"
                        .formatted(random.nextInt(), at, known));
            default ->
                server.execute(
                    "INSERT INTO {s}.t VALUES (%d, 'new', greatest(%s, (SELECT coalesce(max(updated_at), '-infinity') - interval '9 minutes' FROM {s}.t)))"
                        .formatted(next++, at));
          }
        }
        server.execute(
            "INSERT INTO {s}.t VALUES (%d, 'one each', timestamptz '2024-01-01' + interval '1 minute' * %d)"
                .formatted(next++, minutes));

        project.run();

        assertThat(
                project.query(
                    "SELECT id, v, CAST(epoch_us(updated_at) AS VARCHAR) FROM {t} ORDER BY id"))
            .as("seed %d run %d", seed, run)
            .isEqualTo(
                server.query(
                    "SELECT id, v, (extract(epoch FROM updated_at) * 1000000)::bigint FROM {s}.t"
                        + " ORDER BY id"));
      }
    }
  }
}
