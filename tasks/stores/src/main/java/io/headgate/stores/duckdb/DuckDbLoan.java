package io.headgate.stores.duckdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headgate.stores.Loan;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** The closed work file in a child's hands. */
final class DuckDbLoan implements Loan {
  private static final int DBT_THREADS = 4;

  private final DuckDbSection section;
  private final AtomicBoolean closed = new AtomicBoolean();

  DuckDbLoan(DuckDbSection section) {
    this.section = section;
  }

  @Override
  public Map<String, Object> dbtOutput() {
    WorkPlace place = section.workPlace();
    DuckDb.Settings settings = place.settings();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("TimeZone", "UTC");
    values.put("temp_directory", settings.temporaryDirectory().toString());
    settings.memoryLimit().ifPresent(limit -> values.put("memory_limit", limit));
    settings.threads().ifPresent(threads -> values.put("threads", threads));
    Map<String, Object> output = new LinkedHashMap<>();
    output.put("type", "duckdb");
    output.put("path", place.workFile().toString());
    output.put("schema", place.schema());
    output.put("threads", settings.threads().orElse(DBT_THREADS));
    output.put("keep_open", false);
    output.put("settings", values);
    output.put(
        "config_options",
        Map.of("autoinstall_known_extensions", false, "autoload_known_extensions", false));
    return output;
  }

  @Override
  public String sqlalchemyUrl() {
    String schema = URLEncoder.encode(section.workPlace().schema(), UTF_8).replace("+", "%20");
    return "duckdb:///" + section.workPlace().workFile() + "?schema=" + schema;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      section.turns().release();
    }
  }
}
