package io.headgate.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.duckdb.DuckDBDriver;
import org.junit.jupiter.api.Test;

class SqlTest {
  private static final List<String> PIECES =
      List.of(
          "\"",
          "'",
          ";",
          "--",
          "/*",
          "*/",
          "\n",
          "\r",
          "\t",
          " ",
          "\\",
          "$$",
          "?",
          "%s",
          "é",
          "☃",
          "😀",
          ".",
          "drop table y",
          "x",
          "_",
          "{",
          "}",
          "$1",
          ":a",
          "`",
          "[",
          "]",
          "U&",
          "E'");

  @Test
  void namesAndTextsComeBackAsTheyWere() throws Exception {
    Random random = new Random(11);
    try (Connection connection = new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE y (kept INTEGER)");
      for (String name : names(random)) {
        String table = Sql.path("memory", "main", "t" + name);
        statement.execute("CREATE TABLE " + table + " (" + Sql.identifier(name) + " VARCHAR)");
        statement.execute("INSERT INTO " + table + " VALUES (" + Sql.literal(name) + ")");
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo(name);
          assertThat(rows.getMetaData().getColumnName(1)).isEqualTo(name);
        }
        statement.execute("DROP TABLE " + table);
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT string_agg(table_name) FROM duckdb_tables()")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("y");
      }
    }
  }

  @Test
  void refusesNulAndEmptyNames() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sql.identifier("a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Sql.literal("a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Sql.identifier(""));
    assertThat(Sql.literal("")).isEqualTo("''");
  }

  private static List<String> names(Random random) {
    List<String> names =
        new ArrayList<>(List.of("x\"; drop table y; --", "../../etc/passwd", "\"\"", "'"));
    for (int i = 0; i < 200; i++) {
      StringBuilder name = new StringBuilder();
      int pieces = 1 + random.nextInt(6);
      for (int piece = 0; piece < pieces; piece++) {
        name.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      names.add(name.toString());
    }
    return names;
  }
}
