package io.headgate.stores.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.stores.Publications.Publication;
import io.headgate.stores.Publications.PublishedTable;
import io.headgate.stores.Session;
import io.headgate.stores.Workspace;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishTest {
  @TempDir private Path project;

  @Test
  void readersSeeWhatWasPublishedAndNothingElse() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.orders AS SELECT 1 AS id, 'a' AS name");
      run(workspace, "CREATE TABLE shop.draft AS SELECT 1 AS id");
      Publication publication = workspace.publications().publish(List.of("orders"));
      assertThat(publication.tables()).containsExactly(new PublishedTable("orders", 1, "created"));
    }
    assertThat(Reader.rows(published(), "FROM shop.orders")).containsExactly("1|a");
    assertThat(
            Reader.rows(
                published(), "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'shop'"))
        .containsExactly("orders");
    assertThat(project.resolve(".headgate/work/dev/shop/main/work.duckdb.wal")).doesNotExist();
    assertThat(project.resolve("warehouse/dev.duckdb.wal")).doesNotExist();
  }

  @Test
  void fillsAnewWhatChangedAndLeavesTheRest() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT i FROM range(10) t(i)");
      run(workspace, "CREATE TABLE shop.b AS SELECT i FROM range(10) t(i)");
      workspace.publications().publish(List.of("a", "b"));
    }
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r2"))) {
      run(workspace, "UPDATE shop.b SET i = 77 WHERE i = 3");
      Publication second = workspace.publications().publish(List.of("a", "b"));
      assertThat(second.tables())
          .containsExactly(
              new PublishedTable("a", 10, "unchanged"), new PublishedTable("b", 10, "replaced"));
      assertThat(workspace.publications().list()).hasSize(2).first().isEqualTo(second);
    }
    assertThat(Reader.rows(published(), "SELECT sum(i) FROM shop.b")).containsExactly("119");
  }

  @Test
  void rollbackLeadsReadersAndPrivateTablesBack() throws Exception {
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r1"))) {
      run(workspace, "CREATE TABLE shop.a AS SELECT 1 AS i");
      workspace.publications().publish(List.of("a"));
    }
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r2"))) {
      run(workspace, "INSERT INTO shop.a VALUES (2)");
      run(workspace, "CREATE TABLE shop.b AS SELECT 1 AS i");
      workspace.publications().publish(List.of("a", "b"));
      assertThat(Reader.rows(published(), "FROM shop.a ORDER BY 1")).containsExactly("1", "2");
      workspace.publications().rollback("r2");
      assertThat(Reader.rows(published(), "FROM shop.a ORDER BY 1")).containsExactly("1");
      assertThat(
              Reader.rows(
                  published(), "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'b'"))
          .containsExactly("0");
      try (Session session = workspace.session()) {
        assertThat(session.shape("b")).isEmpty();
        assertThat(Reader.rows(session.jdbc(), "FROM shop.a")).containsExactly("1");
      }
    }
    try (Workspace workspace = Workspace.enter(Contexts.of(project, "r2"))) {
      assertThat(project.resolve(".headgate/work/dev/shop/main/snapshots")).isNotEmptyDirectory();
      workspace.publications().rollback("r1");
      assertThat(
              Reader.rows(
                  published(), "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'shop'"))
          .containsExactly("0");
    }
  }

  private Path published() {
    return project.resolve("warehouse/dev.duckdb");
  }

  static void run(Workspace workspace, String sql) throws Exception {
    try (Session session = workspace.session()) {
      DuckDb.execute(session.jdbc(), sql);
      session.jdbc().commit();
    }
  }
}
