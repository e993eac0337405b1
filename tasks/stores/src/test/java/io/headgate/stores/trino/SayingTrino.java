package io.headgate.stores.trino;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.headgate.api.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Answers every query as a Trino that fails: for states that a real one cannot be kept in. */
final class SayingTrino implements AutoCloseable {
  private final HttpServer server;
  private volatile Map<String, Object> error = Map.of();

  SayingTrino() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** From now on; code and name are those of {@code StandardErrorCode} or of a connector. */
  void says(int code, String name, String message) {
    error =
        Map.of(
            "message",
            message,
            "errorCode",
            code,
            "errorName",
            name,
            "errorType",
            "INTERNAL_ERROR",
            "failureInfo",
            Map.of("type", name, "message", message, "stack", List.of(), "suppressed", List.of()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Map<String, Object> stats =
        Map.of("state", "FAILED", "queued", false, "scheduled", false, "nodes", 0);
    String text =
        Json.pretty(
            Map.of(
                "id",
                "20261121_000000_00001_saying",
                "infoUri",
                "http://127.0.0.1:" + port() + "/ui",
                "stats",
                stats,
                "error",
                error,
                "warnings",
                List.of()));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
