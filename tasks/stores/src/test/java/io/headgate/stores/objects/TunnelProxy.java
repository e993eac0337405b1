package io.headgate.stores.objects;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that knows CONNECT and nothing else, for one user. */
final class TunnelProxy implements Closeable {
  private final ServerSocket server;
  private final String authorization;
  private final List<String> tunnels = new CopyOnWriteArrayList<>();

  /** Begins to listen. */
  TunnelProxy(String authorization) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.authorization = authorization;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Where clients were led to. */
  List<String> tunnels() {
    return List.copyOf(tunnels);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      while (!head.contains("Proxy-Authorization: " + authorization)) {
        if (head.isEmpty()) {
          return;
        }
        answer(
            client,
            "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                + "Content-Length: 0");
        head = head(client.getInputStream());
      }
      String where = head.split(" ", 3)[1];
      tunnels.add(where);
      String[] address = where.split(":");
      try (Socket behind = new Socket(address[0], Integer.parseInt(address[1]))) {
        answer(client, "200 Connection established");
        Thread back = Thread.ofVirtual().start(() -> pump(behind, client));
        pump(client, behind);
        back.join();
      }
    } catch (IOException | InterruptedException e) {
      // The tunnel ends.
    }
  }

  private static void answer(Socket client, String line) throws IOException {
    client.getOutputStream().write(("HTTP/1.1 " + line + "\r\n\r\n").getBytes(ISO_8859_1));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One side went away.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
