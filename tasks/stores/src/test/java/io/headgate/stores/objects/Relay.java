package io.headgate.stores.objects;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A wire to a server that breaks for good after so many bytes towards it. */
final class Relay implements Closeable {
  private final ServerSocket server;
  private final InetSocketAddress target;
  private final AtomicLong left;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  Relay(InetSocketAddress target, long bytes) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    this.left = new AtomicLong(bytes);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket behind = new Socket(target.getAddress(), target.getPort());
        open.add(client);
        open.add(behind);
        Thread.ofVirtual().start(() -> pump(client, behind, left));
        Thread.ofVirtual().start(() -> pump(behind, client, new AtomicLong(Long.MAX_VALUE)));
      }
    } catch (IOException e) {
      // Closed: the wire is broken.
    }
  }

  private void pump(Socket from, Socket to, AtomicLong budget) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (budget.addAndGet(-n) < 0) {
          close();
          return;
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One side went away, so does the other.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
