package io.headgate.stores.clickhouse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.stores.Loan;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The private database in a child's hands. */
final class ClickHouseLoan implements Loan {
  /** The variable of the child's environment that holds the password. */
  static final String PASSWORD = "DBT_ENV_SECRET_HEADGATE_CLICKHOUSE_PASSWORD";

  private static final int DBT_THREADS = 4;

  private final ClickHouseSection section;
  private final AtomicBoolean closed = new AtomicBoolean();

  ClickHouseLoan(ClickHouseSection section) {
    this.section = section;
  }

  @Override
  public Map<String, Object> dbtOutput() {
    ClickHousePlace place = section.clickHouse();
    Server server = place.server();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("log_comment", place.mark() + section.run());
    settings.put("async_insert", 0);
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("type", "clickhouse");
    output.put("driver", "http");
    output.put("host", server.host());
    output.put("port", server.port());
    output.put("user", server.user());
    output.put("password", "{{ env_var('" + PASSWORD + "') }}");
    output.put("schema", place.secluded());
    output.put("secure", server.tls());
    output.put("verify", true);
    output.put("threads", DBT_THREADS);
    output.put("retries", 1);
    output.put("connect_timeout", 10);
    output.put("send_receive_timeout", 3600);
    output.put("check_exchange", false);
    output.put("custom_settings", settings);
    return output;
  }

  @Override
  public String sqlalchemyUrl() {
    ClickHousePlace place = section.clickHouse();
    Server server = place.server();
    String host = server.host().contains(":") ? "[" + server.host() + "]" : server.host();
    return "clickhousedb://%s:${%s}@%s:%d/%s%s"
        .formatted(
            encode(server.user()),
            PASSWORD,
            host,
            server.port(),
            encode(place.secluded()),
            server.tls()
                ? "?interface=https"
                    + server.ca().map(ca -> "&ca_cert=" + encode(ca.toString())).orElse("")
                : "");
  }

  @Override
  public Map<String, String> environment() {
    Server server = section.clickHouse().server();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(PASSWORD, server.password());
    // dbt's adapter has no key for it.
    server.ca().ifPresent(ca -> environment.put("SSL_CERT_FILE", ca.toString()));
    return environment;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      section.turns().release();
    }
  }
}
