package io.diskmap.http.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes sockets that read and write in large blocks. Thread-safe; the sockets are as thread-safe as
 * any.
 *
 * <p>OkHttp moves 8 KiB at a time, each with a system call and a timer of its own; with 256 KiB
 * blocks a download costs less than half the CPU. OkHttp layers TLS over the same socket. A read
 * takes what the kernel has and never waits to fill the block.
 */
final class BufferedSockets extends SocketFactory {
  private static final int INPUT = 256 * 1024;
  private static final int OUTPUT = 64 * 1024;

  @Override
  public Socket createSocket() {
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

  private static Socket connected(InetSocketAddress peer, @Nullable InetSocketAddress local)
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

  private static final class BufferedSocket extends Socket {
    private @Nullable InputStream input;
    private @Nullable OutputStream output;

    @Override
    public InputStream getInputStream() throws IOException {
      if (input == null) {
        input = new BufferedInputStream(super.getInputStream(), INPUT);
      }
      return input;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      if (output == null) {
        output = new BufferedOutputStream(super.getOutputStream(), OUTPUT);
      }
      return output;
    }
  }
}
