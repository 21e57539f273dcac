package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.SSHClient;

/**
 * One SSH connection that has logged in, and the SFTP channels on it.
 *
 * <p>Thread-safe. It can be dropped from outside at any moment, also while a sender is blocked in a
 * full socket.
 */
final class SshConnection {
  /** Larger packets and windows than the library's own; more than this it cannot take. */
  private static final int PACKET = 128 * 1024;

  private static final long WINDOW = 16L << 20;
  private static final int MISSES = 2;

  private final SSHClient client;
  private final TrackedSocket socket;
  private final ExecutorService threads;
  private final List<SftpChannel> channels = new CopyOnWriteArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  private final Duration timeout;

  private SshConnection(
      SSHClient client, TrackedSocket socket, ExecutorService threads, Duration timeout) {
    this.client = client;
    this.socket = socket;
    this.threads = threads;
    this.timeout = timeout;
  }

  /** Connects, checks the host key and logs in; blocks, and is ended by closing the socket. */
  static SshConnection open(
      SshfsOptions options, ExecutorService threads, TrackedSocket socket, Duration timeout)
      throws StorageException {
    HostKeys hostKeys = HostKeys.of(options);
    SSHClient client = new SSHClient(SshConfig.of(options));
    client.setSocketFactory(new Given(socket));
    int millis = Math.toIntExact(Math.min(Integer.MAX_VALUE, options.connectTimeout().toMillis()));
    client.setConnectTimeout(millis);
    client.setTimeout(millis);
    client.getTransport().setTimeoutMs(millis);
    client.getConnection().setTimeoutMs(millis);
    client.getConnection().setMaxPacketSize(PACKET);
    client.getConnection().setWindowSize(WINDOW);
    client.addHostKeyVerifier(hostKeys);
    if (client.getConnection().getKeepAlive() instanceof KeepAliveRunner runner) {
      runner.setKeepAliveInterval((int) Math.max(1, options.keepalive().toSeconds()));
      runner.setMaxAliveCount(MISSES);
    }
    boolean opened = false;
    try {
      client.connect(options.host(), options.port());
      socket.setTcpNoDelay(true);
      try (SshLogin login = new SshLogin(client, options)) {
        login.run();
      }
      client.getConnection().setTimeoutMs(Math.toIntExact(timeout.toMillis()));
      SshConnection connection = new SshConnection(client, socket, threads, timeout);
      connection.listen();
      opened = true;
      return connection;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw hostKeys.refusal(e).orElseGet(() -> SshfsErrors.of(e));
    } catch (RuntimeException e) {
      throw StorageException.of(ErrorKind.UNKNOWN, "The SSH library failed to connect.", e);
    } finally {
      if (!opened) {
        socket.abort();
        client.getConnection().getKeepAlive().interrupt();
      }
    }
  }

  /** Opens a further channel; blocks. */
  SftpChannel openChannel(Waiting waiting) throws StorageException {
    try {
      requireConnected();
      SftpSession session = new SftpSession(client.getConnection(), threads);
      session.open();
      session.startSubsystem("sftp");
      SftpChannel[] made = new SftpChannel[1];
      made[0] = new SftpChannel(threads, session, () -> channelEnded(made[0]));
      channels.add(made[0]);
      made[0].start(waiting);
      if (isEnded()) {
        made[0].close();
      }
      return made[0];
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw SshfsErrors.of(e);
    }
  }

  /** A connection that is breaking gives a new session no sign of that any more. */
  private void requireConnected() throws IOException {
    if (!client.isConnected()) {
      throw new IOException("the connection broke before a session began");
    }
  }

  /** A server that answers nothing at all is gone, whatever else waits for it. */
  private void channelEnded(SftpChannel channel) {
    channels.remove(channel);
    if (silence().compareTo(timeout) >= 0) {
      abort("the server does not answer");
    }
  }

  List<SftpChannel> channels() {
    return channels;
  }

  /** Hears of the connection's end at once; the library's own answer to that waits for its end. */
  private void listen() throws IOException {
    client.getTransport().setDisconnectListener((reason, message) -> abort("the connection broke"));
    if (!client.getTransport().isRunning()) {
      throw new IOException("the connection broke after the log-in");
    }
  }

  boolean isEnded() {
    return ended.get();
  }

  /** How long the server has been silent. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - socket.lastReceivedNanos());
  }

  String serverVersion() {
    return client.getTransport().getServerVersion();
  }

  /** Drops the connection at once; what is under way on it fails. */
  void abort(String why) {
    if (ended.compareAndSet(false, true)) {
      socket.abort();
      client.getConnection().getKeepAlive().interrupt();
      IOException told = new IOException(why);
      channels.forEach(channel -> channel.fail(told));
      disconnect();
    }
  }

  /** Says goodbye, in the background, and drops the connection. */
  void close() {
    abort("the disk is closed");
  }

  private void disconnect() {
    try {
      threads.execute(
          () -> {
            try {
              client.disconnect();
            } catch (IOException gone) {
              socket.abort();
            }
          });
    } catch (RejectedExecutionException closing) {
      socket.abort();
    }
  }

  /** Gives the one socket that is watched. */
  private static final class Given extends SocketFactory {
    private final TrackedSocket socket;

    Given(TrackedSocket socket) {
      this.socket = socket;
    }

    @Override
    public Socket createSocket() {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException("the library connects the socket");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("the library connects the socket");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException("the library connects the socket");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException("the library connects the socket");
    }
  }
}
