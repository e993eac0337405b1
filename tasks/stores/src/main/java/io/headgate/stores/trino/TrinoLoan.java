package io.headgate.stores.trino;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.api.json.Json;
import io.headgate.stores.Loan;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The private schema in a child's hands. */
final class TrinoLoan implements Loan {
  /** What holds the password in the child's environment; dbt masks names that begin so. */
  private static final String PASSWORD = "DBT_ENV_SECRET_HEADGATE_TRINO_PASSWORD";

  private static final String TOKEN = "DBT_ENV_SECRET_HEADGATE_TRINO_TOKEN";

  private static final int DBT_THREADS = 4;

  private final TrinoSection section;
  private final AtomicBoolean closed = new AtomicBoolean();

  TrinoLoan(TrinoSection section) {
    this.section = section;
  }

  @Override
  public Map<String, Object> dbtOutput() {
    TrinoSettings settings = section.trinoPlace().settings();
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("type", "trino");
    output.put("host", settings.host());
    output.put("port", settings.port());
    output.put("database", settings.catalog());
    output.put("schema", section.trinoPlace().privately());
    output.put("user", settings.user());
    output.put("http_scheme", settings.tls() ? "https" : "http");
    output.put("threads", DBT_THREADS);
    output.put("timezone", "UTC");
    settings.ca().ifPresent(ca -> output.put("cert", ca.toString()));
    if (settings.token().isPresent()) {
      output.put("method", "jwt");
      output.put("jwt_token", "{{ env_var('" + TOKEN + "') }}");
    } else if (settings.password().isPresent()) {
      output.put("method", "ldap");
      output.put("password", "{{ env_var('" + PASSWORD + "') }}");
    } else {
      output.put("method", "none");
    }
    return output;
  }

  @Override
  public String sqlalchemyUrl() {
    TrinoSettings settings = section.trinoPlace().settings();
    String secret = settings.password().isPresent() ? ":${" + PASSWORD + "}" : "";
    StringBuilder url =
        new StringBuilder("trino://")
            .append(encoded(settings.user()))
            .append(secret)
            .append('@')
            .append(settings.host())
            .append(':')
            .append(settings.port())
            .append('/')
            .append(encoded(settings.catalog()))
            .append('/')
            .append(encoded(section.trinoPlace().privately()));
    if (settings.tls()) {
      url.append("?verify=")
          .append(settings.ca().map(ca -> encoded(json(ca.toString()))).orElse("true"));
      settings.token().ifPresent(token -> url.append("&access_token=${" + TOKEN + "}"));
    }
    return url.toString();
  }

  /** The driver reads this part of the URL as JSON. */
  private static String json(String text) {
    return Json.write(text);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  @Override
  public Map<String, String> environment() {
    TrinoSettings settings = section.trinoPlace().settings();
    Map<String, String> secrets = new LinkedHashMap<>();
    settings.password().ifPresent(text -> secrets.put(PASSWORD, text));
    settings.token().ifPresent(text -> secrets.put(TOKEN, text));
    return secrets;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      section.turns().release();
    }
  }
}
