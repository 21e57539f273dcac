package io.diskmap.testkit.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listening side of a proxy, which can stop listening and come back on the same port. For any
 * thread.
 *
 * <p>A bound socket that never listens keeps the port while nobody listens on it: a connect is
 * refused, and no other socket of the machine is given that port in the meantime (a client on
 * loopback that tried a free port long enough would at last connect to itself). Where the system
 * has no shared ports, the port is free while it is refused.
 */
final class Acceptor implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final Consumer<Socket> onConnect;
  private final Consumer<Throwable> onFailure;
  private final Socket holder = new Socket();
  private final InetSocketAddress address;
  private final ReentrantLock switching = new ReentrantLock();
  private @Nullable ServerSocket idle;
  private @Nullable ServerSocket listener;
  private @Nullable Thread thread;

  /** Takes a port; nobody is let in before {@link #open()}. */
  Acceptor(Consumer<Socket> onConnect, Consumer<Throwable> onFailure) throws IOException {
    this.onConnect = onConnect;
    this.onFailure = onFailure;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int port = 0;
    if (holder.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
      holder.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      holder.bind(new InetSocketAddress(loopback, 0));
      port = holder.getLocalPort();
    }
    ServerSocket first = listen(new InetSocketAddress(loopback, port));
    address = new InetSocketAddress(loopback, first.getLocalPort());
    idle = first;
  }

  InetSocketAddress address() {
    return address;
  }

  /** Listens, if it does not already. */
  void open() throws IOException {
    switching.lock();
    try {
      if (listener == null) {
        ServerSocket first = idle;
        idle = null;
        run(first != null ? first : listen(address));
      }
    } finally {
      switching.unlock();
    }
  }

  /** Listens no longer; when this returns, a connect is refused. */
  void shut() throws IOException {
    switching.lock();
    try {
      ServerSocket open = listener;
      Thread accepting = thread;
      if (open != null && accepting != null) {
        listener = null;
        open.close();
        if (accepting != Thread.currentThread()) {
          accepting.join(5_000);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      switching.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    shut();
    holder.close();
  }

  private void run(ServerSocket open) {
    Thread accepting = new Thread(() -> accept(open), "fault-proxy-" + open.getLocalPort());
    accepting.setDaemon(true);
    listener = open;
    thread = accepting;
    accepting.start();
  }

  private void accept(ServerSocket open) {
    while (!open.isClosed()) {
      try {
        onConnect.accept(open.accept());
      } catch (IOException e) {
        if (!open.isClosed()) {
          onFailure.accept(e);
          return;
        }
      }
    }
  }

  private static ServerSocket listen(InetSocketAddress address) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      } else {
        socket.setReuseAddress(true);
      }
      socket.bind(address, BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
