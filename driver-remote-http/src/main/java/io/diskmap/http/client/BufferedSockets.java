package io.diskmap.http.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(BufferedSockets.class);
  private static final int INPUT = 256 * 1024;
  private static final int OUTPUT = 64 * 1024;

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
    return new BufferedSocket();
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
    Socket socket = new BufferedSocket();
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

  private final class BufferedSocket extends Socket {
    private @Nullable InputStream input;
    private @Nullable OutputStream output;

    /** When the read under way began; 0 without one. */
    private volatile long readingSince;

    /** When the write under way began; 0 without one. */
    private volatile long writingSince;

    private volatile boolean stalled;

    BufferedSocket() throws IOException {
      setTcpNoDelay(true);
      open.add(this);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      if (input == null) {
        input = new BufferedInputStream(new WatchedInput(super.getInputStream()), INPUT);
      }
      return input;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      if (output == null) {
        OutputStream watched = new WatchedOutput(super.getOutputStream());
        output = new BufferedOutputStream(watched, OUTPUT);
      }
      return output;
    }

    private void breakWhereStalled() {
      if (isTooLong(readingSince) || isTooLong(writingSince)) {
        stalled = true;
        try {
          close();
        } catch (IOException e) {
          LOG.debug("a connection that stood still could not be closed", e);
        }
      }
    }

    private boolean isTooLong(long since) {
      return since != 0 && System.nanoTime() - since > stallNanos;
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      super.close();
    }

    /**
     * What a failure means: that of a socket which was closed because it stood still, or its own.
     */
    private IOException meaning(IOException failure) {
      if (!stalled) {
        return failure;
      }
      SocketTimeoutException timeout = new SocketTimeoutException("the connection stood still");
      timeout.initCause(failure);
      return timeout;
    }

    /** Notes when each read began. */
    private final class WatchedInput extends FilterInputStream {
      WatchedInput(InputStream source) {
        super(source);
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        readingSince = System.nanoTime() | 1;
        try {
          return in.read(target, offset, length);
        } catch (IOException e) {
          throw meaning(e);
        } finally {
          readingSince = 0;
        }
      }
    }

    /** Notes when each write began. */
    private final class WatchedOutput extends FilterOutputStream {
      WatchedOutput(OutputStream target) {
        super(target);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        writingSince = System.nanoTime() | 1;
        try {
          out.write(source, offset, length);
        } catch (IOException e) {
          throw meaning(e);
        } finally {
          writingSince = 0;
        }
      }
    }
  }
}
