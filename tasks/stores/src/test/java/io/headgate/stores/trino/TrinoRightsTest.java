package io.headgate.stores.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.headgate.stores.LandedTable;
import io.headgate.stores.LoadMode;
import io.headgate.stores.RunHold;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the rules of docs/stores/trino.md, which the lab has, and with no more. */
class TrinoRightsTest {
  @TempDir private Path project;

  @Test
  void aPipelineWorksWithItsRightsAndAReaderReadsWithHis() throws Exception {
    try (TrinoLab lab = TrinoLab.open(project, "PIPELINE")) {
      for (int i = 1; i <= 2; i++) {
        try (RunHold hold = Workspace.hold("r" + i);
            Workspace workspace = Workspace.enter(lab.context("r" + i))) {
          LandedTable rows =
              lab.landed(
                  "a",
                  "l" + i,
                  LoadMode.MERGE,
                  "i bigint, t text",
                  "SELECT i, 'r" + i + "' AS t FROM range(" + i + ") AS r(i)");
          TrinoLab.load(workspace, rows);
          try (Session session = workspace.session()) {
            TrinoLab.execute(
                session.jdbc(), "CREATE OR REPLACE TABLE m AS SELECT count(*) AS n FROM a");
            TrinoLab.execute(session.jdbc(), "CREATE OR REPLACE VIEW v AS SELECT n FROM m");
          }
          workspace.publications().publish(List.of("a", "v"));
        }
      }
      lab.run("CREATE VIEW of_readers AS SELECT count(*) AS n FROM a");
      TrinoSettings reader = TrinoSettings.of(lab.reader(), project);
      try (var connection = reader.open(lab.schema)) {
        assertThat(TrinoLab.rows(connection, "SELECT * FROM v")).containsExactly("2");
        assertThat(
                TrinoLab.rows(connection, "SELECT run_id FROM _headgate_publications ORDER BY 1"))
            .containsExactly("r1", "r2");
        SQLException refused =
            catchThrowableOfType(
                SQLException.class, () -> TrinoLab.execute(connection, "DELETE FROM a"));
        assertThat(refused.getMessage()).contains("Access Denied");
      }
      try (RunHold hold = Workspace.hold("undo");
          Workspace workspace = Workspace.enter(lab.context("undo"))) {
        workspace.publications().rollback("r2");
      }
      try (var connection = reader.open(lab.schema)) {
        assertThat(TrinoLab.rows(connection, "SELECT * FROM v")).containsExactly("1");
        assertThat(TrinoLab.rows(connection, "SELECT * FROM of_readers")).containsExactly("1");
      }
    }
  }
}
