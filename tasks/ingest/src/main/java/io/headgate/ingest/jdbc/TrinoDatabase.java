package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import io.headgate.ingest.source.CursorKind;
import io.headgate.stores.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** Trino; an Iceberg table is read at the snapshot that it has when the step first looks. */
final class TrinoDatabase extends JdbcDatabase {
  private TrinoDatabase(io.headgate.api.Connection configured, Connection jdbc)
      throws SQLException {
    super(configured, jdbc);
  }

  static TrinoDatabase openTrino(io.headgate.api.Connection configured, ConnectionKeys keys) {
    Properties properties = new Properties();
    properties.setProperty("user", keys.text("user"));
    properties.setProperty("source", "headgate");
    boolean tls = keys.is("tls");
    if (tls) {
      properties.setProperty("SSL", "true");
      keys.find("password").ifPresent(password -> properties.setProperty("password", password));
      keys.file("ca").ifPresent(ca -> properties.setProperty("SSLTrustStorePath", ca.toString()));
    }
    String url =
        "jdbc:trino://%s:%s%s"
            .formatted(
                keys.text("host"),
                keys.port(tls ? "8443" : "8080"),
                keys.find("catalog").map(name -> "/" + ConnectionKeys.escaped(name)).orElse(""));
    try {
      Connection jdbc = Drivers.trino().connect(url, properties);
      if (jdbc == null) {
        throw new IllegalStateException("no driver for Trino");
      }
      return new TrinoDatabase(configured, jdbc);
    } catch (SQLException e) {
      throw SourceFailures.trino(configured, "connect", e);
    }
  }

  @Override
  public String identifier(String name) {
    return Sql.identifier(name);
  }

  @Override
  public String table(List<String> names) throws SQLException, InterruptedException {
    String table = names.stream().map(this::identifier).collect(Collectors.joining("."));
    return snapshot(names).map(id -> table + " FOR VERSION AS OF " + id).orElse(table);
  }

  private Optional<Long> snapshot(List<String> names) throws InterruptedException {
    List<String> hidden = new ArrayList<>(names);
    hidden.set(hidden.size() - 1, hidden.getLast() + "$refs");
    String refs = hidden.stream().map(this::identifier).collect(Collectors.joining("."));
    try {
      return query(
          "SELECT snapshot_id FROM " + refs + " WHERE name = 'main'",
          rows -> rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty());
    } catch (SQLException e) {
      return Optional.empty(); // no Iceberg table, or none at all, which the next query tells
    }
  }

  @Override
  public List<SourceColumn> columns(String relation) throws SQLException, InterruptedException {
    try (Statement statement = jdbc().createStatement()) {
      statement.execute("PREPARE headgate_columns FROM SELECT * FROM " + relation);
    }
    return query(
        "DESCRIBE OUTPUT headgate_columns",
        rows -> {
          List<SourceColumn> columns = new ArrayList<>();
          while (rows.next()) {
            String name = rows.getString("Column Name");
            columns.add(TrinoTypes.column(name, rows.getString("Type"), true, identifier(name)));
          }
          return columns;
        });
  }

  @Override
  public Optional<String> end(End end, String relation, SourceColumn column, CursorKind kind)
      throws SQLException, InterruptedException {
    String value = end.of(identifier(column.name()));
    String text =
        kind == CursorKind.INSTANT
            ? "CAST(CAST(" + value + " AT TIME ZONE 'UTC' AS timestamp(6)) AS varchar)"
            : "CAST(" + value + " AS varchar)";
    return query(
        "SELECT " + text + " FROM " + relation,
        rows -> rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty());
  }

  @Override
  public String literal(SourceColumn column, CursorKind kind, String canonical) {
    return switch (kind) {
      case INTEGER -> canonical;
      case DECIMAL -> "DECIMAL " + Sql.literal(canonical);
      case DATE -> "DATE " + Sql.literal(canonical);
      case TIMESTAMP -> "TIMESTAMP " + Sql.literal(seconds(canonical));
      case INSTANT -> "TIMESTAMP " + Sql.literal(seconds(canonical.replace("Z", "")) + " UTC");
      case TEXT -> Sql.literal(canonical);
    };
  }

  private static String seconds(String iso) {
    String text = iso.replace('T', ' ');
    return text.length() == "2024-01-01 00:00".length() ? text + ":00" : text;
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return SourceFailures.trino(configured(), what, error);
  }
}
