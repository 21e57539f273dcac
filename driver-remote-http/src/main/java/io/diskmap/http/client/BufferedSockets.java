package io.diskmap.http.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that read and write in large blocks, and ends those that stand still. Thread-safe;
 * the sockets are as thread-safe as any.
 *
 * <p>OkHttp moves 8 KiB at a time, each with a system call and a timer of its own; with 256 KiB
 * blocks a download costs less than half the CPU. OkHttp layers TLS over the same socket. A read
 * takes what the kernel has and never waits to fill the block. OkHttp's own timers wake another
 * thread for every 8 KiB read and every 64 KiB written; here a read or a write only notes when it
 * began, and who looks at all sockets now and then does the rest.
 */
final class BufferedSockets extends SocketFactory {
  private final long stallNanos;
  private final Set<BufferedSocket> open = ConcurrentHashMap.newKeySet();

  /** Sockets on which one read or write may stand still so long. */
  BufferedSockets(Duration stall) {
    this.stallNanos = stall.toNanos();
  }

  /** Ends what stands still for too long; to be called several times in that time. */
  void breakStalled() {
    for (BufferedSocket socket : open) {
      socket.breakWhereStalled();
    }
  }

  @Override
  public Socket createSocket() throws IOException {
    return unconnected();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(local, localPort));
  }

  private Socket connected(InetSocketAddress peer, @Nullable InetSocketAddress local)
      throws IOException {
    Socket socket = unconnected();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(peer);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private BufferedSocket unconnected() throws IOException {
    BufferedSocket socket = new BufferedSocket(stallNanos, open::remove);
    open.add(socket);
    return socket;
  }
}
