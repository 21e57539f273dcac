package io.diskmap.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A door before a store that answers the first requests with 503 SlowDown, as Amazon does above its
 * request rate, and lets the connections after those through. For any thread.
 */
final class SlowDownDoor implements AutoCloseable {
  private static final String BODY =
      "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Reduce</Message></Error>";

  private final ServerSocket socket;
  private final URI store;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  SlowDownDoor(URI store) throws IOException {
    this.store = store;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Refuses this many of the connections that come. */
  void refuse(int count) {
    refusals.set(count);
  }

  int refused() {
    return refused.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException closed) {
      threads.shutdown();
    }
  }

  private void serve(Socket client) {
    try (client) {
      if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        refused.incrementAndGet();
        refuse(client);
        return;
      }
      try (Socket server = new Socket(store.getHost(), store.getPort())) {
        var back = threads.submit(() -> copy(server, client));
        copy(client, server);
        back.get();
      }
    } catch (Exception ended) {
      // Either side went away, which ends the connection.
      refused.addAndGet(0);
    }
  }

  private static void refuse(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    String answer =
        "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nConnection: close\r\n"
            + "Content-Length: "
            + BODY.length()
            + "\r\n\r\n"
            + (head.toString().startsWith("HEAD") ? "" : BODY);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
    client.shutdownOutput();
    in.transferTo(OutputStream.nullOutputStream());
  }

  private static Void copy(Socket from, Socket to) throws IOException {
    from.getInputStream().transferTo(to.getOutputStream());
    to.shutdownOutput();
    return null;
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
