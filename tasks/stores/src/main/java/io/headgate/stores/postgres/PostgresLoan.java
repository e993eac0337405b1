package io.headgate.stores.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.stores.Loan;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The private schema in a child's hands; the password is in its environment alone. */
final class PostgresLoan implements Loan {
  /** Where dbt's {@code env_var} finds the password: the prefix keeps dbt from showing it. */
  static final String DBT_PASSWORD = "DBT_ENV_SECRET_HEADGATE_POSTGRES_PASSWORD";

  private static final int DBT_THREADS = 4;

  private final PostgresSection section;
  private final PostgresPlace place;
  private final PostgresServer server;
  private final AtomicBoolean closed = new AtomicBoolean();

  PostgresLoan(PostgresSection section) {
    this.section = section;
    this.place = section.postgresPlace();
    this.server = place.server();
  }

  @Override
  public Map<String, Object> dbtOutput() {
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("type", "postgres");
    output.put("host", server.host());
    output.put("port", server.port());
    output.put("dbname", server.database());
    output.put("user", server.user());
    output.put("password", "{{ env_var('" + DBT_PASSWORD + "', '') }}");
    output.put("schema", place.schema());
    output.put("threads", DBT_THREADS);
    output.put("search_path", place.schema());
    output.put("keepalives_idle", 60);
    output.put("connect_timeout", 10);
    output.put("application_name", place.application());
    output.put("sslmode", server.sslMode());
    server.authority().ifPresent(file -> output.put("sslrootcert", file.toString()));
    return output;
  }

  /** libpq takes the password from {@code PGPASSWORD}. */
  @Override
  public String sqlalchemyUrl() {
    StringBuilder url = new StringBuilder("postgresql+psycopg2://");
    url.append(encoded(server.user()))
        .append('@')
        .append(server.host().contains(":") ? "[" + server.host() + "]" : server.host())
        .append(':')
        .append(server.port())
        .append('/')
        .append(encoded(server.database()))
        .append("?sslmode=")
        .append(server.sslMode());
    server
        .authority()
        .ifPresent(file -> url.append("&sslrootcert=").append(encoded(file.toString())));
    url.append("&connect_timeout=10&application_name=").append(encoded(place.application()));
    String path = "\"" + place.schema().replace("\"", "\"\"") + "\"";
    String option = path.replace("\\", "\\\\").replace(" ", "\\ ");
    url.append("&options=").append(encoded("-csearch_path=" + option + " -cTimeZone=UTC"));
    return url.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  @Override
  public Map<String, String> environment() {
    return server
        .password()
        .map(password -> Map.of(DBT_PASSWORD, password, "PGPASSWORD", password))
        .orElse(Map.of());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      section.turns().release();
    }
  }
}
