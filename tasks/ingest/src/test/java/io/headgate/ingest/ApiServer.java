package io.headgate.ingest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.headgate.api.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** An API of issues, which misbehaves when it is told to, on a port of its own. */
final class ApiServer implements AutoCloseable {
  static final int SIZE = 10;

  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final List<Long> times = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ConcurrentLinkedQueue<Trouble> troubles = new ConcurrentLinkedQueue<>();
  volatile List<String> issues;
  volatile boolean gzip;

  /** What happens instead of an answer. */
  @FunctionalInterface
  interface Trouble {
    void happen(HttpExchange exchange) throws IOException;
  }

  ApiServer(int issues) throws IOException {
    this.issues = IntStream.rangeClosed(1, issues).mapToObj(ApiServer::issue).toList();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  static String issue(int id) {
    return "{\"id\": %d, \"title\": \"issue %d\", \"size\": %d.50, \"updated_at\": \"2024-01-01T00:%02d:%02dZ\"}"
        .formatted(id, id, id, id / 60, id % 60);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Connection connection(String... more) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("url", url());
    keys.put("token", "s3cret-token");
    for (int i = 0; i < more.length; i += 2) {
      keys.put(more[i], more[i + 1]);
    }
    return new Connection("api", "http", keys, Set.of("token"));
  }

  /** Before the next answers, one request each. */
  ApiServer next(Trouble... happen) {
    troubles.addAll(List.of(happen));
    return this;
  }

  /** Nothing more happens. */
  void drop() {
    troubles.clear();
  }

  static Trouble status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    };
  }

  static Trouble text(String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    };
  }

  /** The right answer, but late. */
  static Trouble later(long millis) {
    return exchange -> {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      exchange.setAttribute("late", true);
    };
  }

  /** Says that more comes than comes. */
  static Trouble cut() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 10_000);
      exchange.getResponseBody().write("[{\"id\": 1".getBytes(StandardCharsets.UTF_8));
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    times.add(System.nanoTime());
    tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    Trouble trouble = troubles.poll();
    if (trouble != null) {
      trouble.happen(exchange);
      if (!Boolean.TRUE.equals(exchange.getAttribute("late"))) {
        return;
      }
    }
    Map<String, String> parameters = parameters(exchange);
    List<String> all = new ArrayList<>(issues);
    String since = parameters.get("since");
    if (since != null) {
      all.removeIf(
          issue -> issue.replaceAll(".*updated_at\": \"([^\"]*)\".*", "$1").compareTo(since) < 0);
    }
    int from =
        switch (exchange.getRequestURI().getPath()) {
          case "/offset" -> Integer.parseInt(parameters.get("start"));
          case "/token" -> Integer.parseInt(parameters.getOrDefault("after", "t0").substring(1));
          default -> (Integer.parseInt(parameters.getOrDefault("page", "1")) - 1) * SIZE;
        };
    List<String> page = all.subList(Math.min(from, all.size()), Math.min(from + SIZE, all.size()));
    boolean more = from + SIZE < all.size();
    String list = "[" + String.join(",\n ", page) + "]";
    String body = list;
    switch (exchange.getRequestURI().getPath()) {
      case "/link" -> {
        if (more) {
          String query =
              parameters.entrySet().stream()
                  .filter(entry -> !entry.getKey().equals("page"))
                  .map(
                      entry ->
                          entry.getKey()
                              + "="
                              + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                  .collect(Collectors.joining("&"));
          exchange
              .getResponseHeaders()
              .add(
                  "Link",
                  "</link?page=1>; rel=\"first\", </link?%s&page=%d>; title=\"a, b\"; rel=\"next\""
                      .formatted(query, from / SIZE + 2));
        }
      }
      case "/token" ->
          body =
              "{\"data\": {\"items\": %s}, \"meta\": {\"next\": %s}}"
                  .formatted(list, more ? "\"t" + (from + SIZE) + "\"" : "null");
      default -> {}
    }
    send(exchange, body);
  }

  private void send(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (gzip) {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        out.write(bytes);
      }
      bytes = packed.toByteArray();
      exchange.getResponseHeaders().add("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static Map<String, String> parameters(HttpExchange exchange) {
    Map<String, String> parameters = new LinkedHashMap<>();
    String query = exchange.getRequestURI().getRawQuery();
    if (query != null) {
      for (String pair : query.split("&")) {
        String[] sides = pair.split("=", 2);
        if (sides.length == 2) {
          parameters.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
      }
    }
    return parameters;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
