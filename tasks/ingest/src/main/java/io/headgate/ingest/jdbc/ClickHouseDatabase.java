package io.headgate.ingest.jdbc;

import io.headgate.api.TaskFailure;
import io.headgate.api.json.Json;
import io.headgate.ingest.http.Clients;
import io.headgate.ingest.source.CursorKind;
import io.headgate.stores.Sql;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * ClickHouse over HTTP: the server writes Parquet, which goes to the disk as it comes. There is no
 * state that several queries could share.
 */
final class ClickHouseDatabase implements Database {
  private static final Pattern CODE =
      Pattern.compile("Code: (\\d+)\\. DB::Exception: (.*?)(?: \\(version|$)", Pattern.DOTALL);
  private static final int TAIL = 16_384;

  private final io.headgate.api.Connection configured;
  private final HttpClient client;
  private final URI address;
  private volatile boolean stopped;
  private volatile Optional<CompletableFuture<?>> running = Optional.empty();

  private ClickHouseDatabase(
      io.headgate.api.Connection configured, HttpClient client, URI address) {
    this.configured = configured;
    this.client = client;
    this.address = address;
  }

  static ClickHouseDatabase open(io.headgate.api.Connection configured, ConnectionKeys keys) {
    boolean tls = keys.is("tls");
    Map<String, String> settings = new LinkedHashMap<>();
    keys.find("database").ifPresent(database -> settings.put("database", database));
    settings.put("output_format_parquet_compression_method", "zstd");
    settings.put("output_format_parquet_string_as_string", "1");
    settings.put("output_format_parquet_date_as_uint16", "0");
    settings.put("prefer_column_name_to_alias", "1");
    settings.put("cancel_http_readonly_queries_on_client_close", "1");
    String query =
        settings.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + ConnectionKeys.escaped(entry.getValue()))
            .collect(Collectors.joining("&"));
    URI address =
        URI.create(
            "%s://%s:%s/?%s"
                .formatted(
                    tls ? "https" : "http",
                    keys.text("host"),
                    keys.port(tls ? "8443" : "8123"),
                    query));
    return new ClickHouseDatabase(
        configured, Clients.of(keys.file("ca"), Optional.empty()), address);
  }

  @Override
  public String describe() {
    return "clickhouse " + configured.name();
  }

  @Override
  public String identifier(String name) {
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }

  @Override
  public String table(List<String> names) {
    return names.stream().map(this::identifier).collect(Collectors.joining("."));
  }

  @Override
  public List<SourceColumn> columns(String relation) throws SQLException, InterruptedException {
    Map<String, Object> answer =
        json("DESCRIBE TABLE (SELECT * FROM " + relation + ") FORMAT JSONCompact");
    List<SourceColumn> columns = new ArrayList<>();
    for (List<?> row : rows(answer)) {
      String name = String.valueOf(row.getFirst());
      String type = String.valueOf(row.get(1));
      if (ClickHouseTypes.list(type)) {
        columns.add(list(name, type));
      } else {
        columns.add(ClickHouseTypes.column(name, type, identifier(name)));
      }
    }
    return columns;
  }

  private SourceColumn list(String name, String type) {
    SourceColumn item =
        ClickHouseTypes.column(
            "item", type.substring("Array(".length(), type.length() - 1), "item");
    boolean plain = item.select().equals("item");
    return plain
        ? SourceColumn.plain(name, type, item.type().sql() + "[]", false, identifier(name))
        : ClickHouseTypes.column(name, type, identifier(name));
  }

  @Override
  public Optional<String> end(End end, String relation, SourceColumn column, CursorKind kind)
      throws SQLException, InterruptedException {
    String value = end.of(identifier(column.name()));
    String text = kind == CursorKind.INSTANT ? "toTimeZone(" + value + ", 'UTC')" : value;
    Map<String, Object> answer =
        json(
            "SELECT count(%s), toString(%s) FROM %s FORMAT JSONCompact"
                .formatted(identifier(column.name()), text, relation));
    List<?> row = rows(answer).getFirst();
    boolean none = String.valueOf(row.getFirst()).equals("0") || row.get(1) == null;
    return none ? Optional.empty() : Optional.of(String.valueOf(row.get(1)));
  }

  private static List<List<?>> rows(Map<String, Object> answer) {
    List<List<?>> rows = new ArrayList<>();
    if (answer.get("data") instanceof List<?> data) {
      data.forEach(item -> rows.add((List<?>) item));
    }
    return rows;
  }

  @Override
  public String literal(SourceColumn column, CursorKind kind, String canonical) {
    return switch (kind) {
      case INTEGER -> canonical;
      case DECIMAL -> "toDecimal128(" + text(canonical) + ", 12)";
      case DATE -> "toDate32(" + text(canonical) + ")";
      case TIMESTAMP, INSTANT ->
          "toDateTime64(" + text(canonical.replace('T', ' ').replace("Z", "")) + ", 6, 'UTC')";
      case TEXT -> text(canonical);
    };
  }

  private static String text(String value) {
    return Sql.literal(value.replace("\\", "\\\\"));
  }

  @Override
  public long copy(
      String query,
      List<SourceColumn> columns,
      Optional<Integer> fetchSize,
      Connection duck,
      Path file)
      throws SQLException, InterruptedException {
    Path wire = file.resolveSibling("wire.parquet");
    String named = "SELECT * FROM (" + query + ") FORMAT Parquet";
    send(
        aliased(named, columns),
        HttpResponse.BodyHandlers.ofFile(
            wire,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING),
        Optional.of(wire));
    try {
      if (same(duck, wire, columns)) {
        Files.move(wire, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return count(duck, file);
      }
      long rows = count(duck, wire);
      String relation =
          "(SELECT %s FROM read_parquet(%s))"
              .formatted(
                  IntStream.range(0, columns.size())
                      .mapToObj(
                          i ->
                              Sql.identifier(columns.get(i).name())
                                  + " AS "
                                  + Sql.identifier(RawFile.wire(i)))
                      .collect(Collectors.joining(", ")),
                  Sql.literal(wire.toString()));
      long written;
      try {
        written = RawFile.write(duck, relation, columns, file);
      } catch (SQLException e) {
        throw new UnreadableRows(e, columns);
      }
      if (rows != written) {
        throw TaskFailure.fault(
            "%s: %,d rows came, %,d were written".formatted(describe(), rows, written),
            "this is a fault of Headgate; nothing was loaded",
            null);
      }
      Files.delete(wire);
      return rows;
    } catch (IOException e) {
      throw new SQLException("cannot keep the rows: " + e.getMessage(), e);
    }
  }

  /** The names of the columns, so that what comes can be told apart. */
  private String aliased(String query, List<SourceColumn> columns) {
    String aliases =
        columns.stream()
            .map(column -> column.select() + " AS " + identifier(column.name()))
            .collect(Collectors.joining(", "));
    String plain = columns.stream().map(SourceColumn::select).collect(Collectors.joining(", "));
    return query.replace("SELECT " + plain + " FROM", "SELECT " + aliases + " FROM");
  }

  private static boolean same(Connection duck, Path file, List<SourceColumn> columns)
      throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "DESCRIBE SELECT * FROM read_parquet(" + Sql.literal(file.toString()) + ")")) {
      while (rows.next()) {
        found.add(rows.getString(2));
      }
    }
    return found.equals(columns.stream().map(column -> column.type().sql()).toList())
        && columns.stream().allMatch(column -> column.cast().equals("%s"));
  }

  private static long count(Connection duck, Path file) throws SQLException {
    try (Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT num_rows FROM parquet_file_metadata("
                    + Sql.literal(file.toString())
                    + ")")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private Map<String, Object> json(String query) throws SQLException, InterruptedException {
    String body =
        send(query, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), Optional.empty());
    try {
      return Json.object(Json.parse(body));
    } catch (UncheckedIOException e) {
      throw new SQLException("the server answered no JSON", e);
    }
  }

  private <T> T send(String query, HttpResponse.BodyHandler<T> handler, Optional<Path> file)
      throws SQLException, InterruptedException {
    if (stopped) {
      throw new InterruptedException("stopped while reading");
    }
    Map<String, String> keys = configured.properties();
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("X-ClickHouse-User", keys.getOrDefault("user", "default"))
            .header("X-ClickHouse-Key", keys.getOrDefault("password", ""))
            .POST(HttpRequest.BodyPublishers.ofString(query))
            .build();
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    running = Optional.of(answer);
    try {
      HttpResponse<T> response = answer.get();
      if (response.statusCode() != 200) {
        String said = file.isPresent() ? tail(file.get()) : String.valueOf(response.body());
        throw exception(said)
            .orElseGet(() -> new SQLException("status " + response.statusCode(), "08000"));
      }
      if (file.isPresent()) {
        Optional<SQLException> broken = exception(tail(file.get()));
        if (broken.isPresent()) {
          throw broken.get();
        }
      }
      return response.body();
    } catch (ExecutionException e) {
      if (stopped) {
        throw new InterruptedException("stopped while reading");
      }
      Optional<SQLException> said = file.flatMap(path -> exception(tail(path)));
      if (said.isPresent()) {
        throw said.get();
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new SQLException(
          cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(),
          "08006",
          cause);
    } catch (CancellationException e) {
      throw new InterruptedException("stopped while reading");
    } finally {
      running = Optional.empty();
    }
  }

  /** An error that the server tells of in what it sends, also behind the first rows. */
  private static Optional<SQLException> exception(String text) {
    Matcher matcher = CODE.matcher(text);
    return matcher.find()
        ? Optional.of(
            new SQLException(matcher.group(2).strip(), "HY000", Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }

  private static String tail(Path path) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long from = Math.max(0, file.length() - TAIL);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.endsWith("PAR1") ? "" : text;
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public TaskFailure failure(String what, SQLException error) {
    return SourceFailures.clickhouse(configured, what, error);
  }

  @Override
  public void stop() {
    stopped = true;
    running.ifPresent(answer -> answer.cancel(true));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
