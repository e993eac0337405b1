package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgate.api.StoragePlace;
import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.ServerCleaning;
import io.headgate.stores.ServerCleaning.Place;
import io.headgate.stores.ServerCleaning.Target;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import io.headgate.stores.objects.ObjectStores;
import io.headgate.testing.Lab;
import io.headgate.testing.TestContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Landed files of committed loads as external tables. */
class TrinoLandingTest {
  @TempDir private Path project;

  @Test
  void committedLoadsShowAndOthersDoNot() throws Exception {
    try (TrinoLab lab = TrinoLab.open(project)) {
      TestContext context = lab.context("r");
      try (RunHold hold = Workspace.hold("r");
          Workspace workspace = Workspace.enter(context)) {
        TrinoLab.load(
            workspace, inStore(lab, "l1", "i bigint, t text", "SELECT 1::BIGINT AS i, 'x' AS t"));
        assumeTrue(
            context.warnings().stream().noneMatch(line -> line.contains("allow-register")),
            "SKIPPED, the lab's hive catalog is older: docker/lab/lab restart trino");
        assertThat(context.warnings()).isEmpty();
        TrinoLab.load(
            workspace, inStore(lab, "l2", "i bigint, t text", "SELECT 2::BIGINT AS i, 'y' AS t"));
        try (Session session = workspace.session()) {
          session.write(
              inStore(lab, "l3", "i bigint, t text", "SELECT 3::BIGINT AS i, 'z' AS t"),
              session.shape("a"));
        }
        assertThat(shown(lab, "i, t, load_id")).containsExactly("1|x|l1", "2|y|l2");
        TrinoLab.load(
            workspace,
            inStore(
                lab, "l4", "i bigint, t text, n int", "SELECT 4::BIGINT AS i, 'w' AS t, 9 AS n"));
        assertThat(shown(lab, "i, t, n, load_id"))
            .containsExactly("1|x|null|l1", "2|y|null|l2", "4|w|9|l4");
        TrinoLab.load(
            workspace,
            inStore(
                lab, "l4", "i bigint, t text, n int", "SELECT 5::BIGINT AS i, 'w' AS t, 9 AS n"));
        assertThat(shown(lab, "i, load_id")).containsExactly("1|l1", "2|l2", "5|l4");
        List<String> gone = List.of(address(lab, "b", "l2"), address(lab, "a", "l1"));
        assertThat(ServerCleaning.hide(List.of(place(lab, context)), gone)).containsAll(gone);
        assertThat(shown(lab, "i, load_id")).containsExactly("1|l1", "2|l2", "5|l4");
      }
      assertThat(
              ServerCleaning.hide(
                  List.of(place(lab, context)),
                  List.of(address(lab, "b", "l2"), address(lab, "a", "l1"))))
          .isEmpty();
      assertThat(shown(lab, "i, load_id")).containsExactly("2|l2", "5|l4");
    }
  }

  private static String address(TrinoLab lab, String table, String load) {
    return zone(lab).address() + "/shop/step/" + table + "/" + load;
  }

  private static StoragePlace zone(TrinoLab lab) {
    return StoragePlace.parse(
        "s3://%s/%s".formatted(Lab.variable("S3_LANDING_BUCKET").orElse("landing"), lab.schema),
        lab.project,
        Optional.of("s3"));
  }

  private Place place(TrinoLab lab, TestContext context) {
    return new Place(
        context.warehouse(),
        "shop",
        project,
        new Target(
            context.run().target(),
            context.state(),
            zone(lab),
            Optional.empty(),
            Map.of("s3", Lab.s3().orElseThrow())));
  }

  private static List<String> shown(TrinoLab lab, String columns) throws Exception {
    return lab.rows(
        "SELECT %s FROM %s.%s_landing.a ORDER BY i"
            .formatted(columns, lab.connection().properties().get("landing_catalog"), lab.schema));
  }

  private static LandedTable inStore(TrinoLab lab, String id, String types, String query)
      throws Exception {
    LandedTable here = lab.landed("a", id, LoadMode.APPEND, types, query);
    StoragePlace place = zone(lab).resolve("shop", "step", "a", id, "data-" + System.nanoTime());
    var store = ObjectStores.open(lab.context("land"), place);
    if (here.source() instanceof LandedTable.Parquet(List<Path> parts, Optional<String> _)) {
      store.put("part-00000.parquet", parts.getFirst());
    }
    return new LandedTable(
        here.name(),
        here.loadId(),
        here.mode(),
        here.columns(),
        here.required(),
        here.key(),
        here.eventTime(),
        here.interval(),
        here.inPlace(),
        new LandedTable.Parquet(
            List.of(Path.of("part-00000.parquet")), Optional.of(place.address())),
        here.rows());
  }
}
