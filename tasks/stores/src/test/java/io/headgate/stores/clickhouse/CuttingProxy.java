package io.headgate.stores.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to the server that breaks after some bytes: the client sees a reset. The server sees an
 * orderly end in the middle of a request and is heard out. The lab's build of it does not survive
 * every such end (docs/lab.md): revive it after each.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  private final List<Socket> servers = new CopyOnWriteArrayList<>();

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Breaks all connections when so many bytes have gone to the server. */
  void cutAfter(long bytes) {
    left.set(bytes);
  }

  /** Lets all through again. */
  void mend() {
    left.set(Long.MAX_VALUE);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket from = server.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        clients.add(from);
        servers.add(to);
        Thread.ofVirtual().start(() -> forth(from, to));
        Thread.ofVirtual().start(() -> back(to, from));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void forth(Socket client, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (left.addAndGet(-n) < 0) {
          cut();
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
      to.shutdownOutput();
    } catch (IOException e) {
      end(to);
    }
  }

  /** Reads what the server says to its end, also when nobody wants to hear it any more. */
  private static void back(Socket from, Socket client) {
    byte[] buffer = new byte[8192];
    boolean wanted = true;
    try (from) {
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        wanted = wanted && hand(client, buffer, n);
      }
      client.close();
    } catch (IOException e) {
      // The server has gone, which is what the test is about.
    }
  }

  private static boolean hand(Socket client, byte[] buffer, int bytes) {
    try {
      client.getOutputStream().write(buffer, 0, bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void end(Socket server) {
    try {
      server.shutdownOutput();
    } catch (IOException e) {
      // It has ended.
    }
  }

  private void cut() throws IOException {
    for (Socket client : clients) {
      if (!client.isClosed()) {
        client.setSoLinger(true, 0);
      }
      client.close();
    }
    servers.forEach(CuttingProxy::end);
    clients.clear();
    servers.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
