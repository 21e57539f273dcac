package io.diskmap.testkit.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A server of the tests' own that gives each connection to one handler, in its own thread. */
final class LineServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Handler handler;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong received = new AtomicLong();

  LineServer(Handler handler) throws IOException {
    this.handler = handler;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  static LineServer echo() throws IOException {
    return new LineServer(
        (server, socket) -> {
          byte[] block = new byte[8192];
          for (int n; (n = socket.getInputStream().read(block)) >= 0; ) {
            server.received.addAndGet(n);
            socket.getOutputStream().write(block, 0, n);
          }
        });
  }

  static LineServer sink() throws IOException {
    return new LineServer(
        (server, socket) -> {
          byte[] block = new byte[65536];
          for (int n; (n = socket.getInputStream().read(block)) >= 0; ) {
            server.received.addAndGet(n);
          }
        });
  }

  static LineServer source(int bytes) throws IOException {
    return new LineServer((server, socket) -> socket.getOutputStream().write(new byte[bytes]));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  long received() {
    return received.get();
  }

  int open() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        daemon(() -> serve(socket));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      handler.serve(this, socket);
    } catch (IOException broken) {
      // A connection that a fault broke ends here, which is what the test provokes.
    } finally {
      open.remove(socket);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "line-server");
    thread.setDaemon(true);
    thread.start();
  }

  interface Handler {
    void serve(LineServer server, Socket socket) throws IOException;
  }
}
