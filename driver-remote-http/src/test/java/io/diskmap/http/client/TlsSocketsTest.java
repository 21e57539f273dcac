package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.http.Certificates;
import io.diskmap.http.internal.tls.TlsContexts;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client's TLS makes of many small writes. */
class TlsSocketsTest {
  private static final int APPLICATION_DATA = 23;

  @TempDir private Path directory;

  private final AtomicInteger records = new AtomicInteger();

  /** What the client does with its socket, and the server with its own. */
  private interface Ends {
    void client(Socket socket) throws Exception;

    void server(Socket socket) throws Exception;
  }

  /** Counts the records of application data that pass. */
  private final class Records extends FilterInputStream {
    private final byte[] head = new byte[5];
    private int known;
    private int rest;

    Records(InputStream source) {
      super(source);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = in.read(target, offset, length);
      for (int i = offset; i < offset + count; i++) {
        see(target[i]);
      }
      return count;
    }

    private void see(byte octet) {
      if (rest > 0) {
        rest--;
        return;
      }
      head[known++] = octet;
      if (known == head.length) {
        known = 0;
        rest = (head[3] & 0xFF) << 8 | head[4] & 0xFF;
        if (head[0] == APPLICATION_DATA) {
          records.incrementAndGet();
        }
      }
    }
  }

  private final class CountedSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new Records(super.getInputStream());
    }
  }

  private void connect(Ends ends) throws Exception {
    Certificates files = Certificates.make(directory, "ec pkcs8");
    SSLContext context = TlsContexts.server(files.certificate(), files.key());
    TlsSockets layers =
        new TlsSockets(
            TlsContexts.client(TlsContexts.trust(files.certificate())).getSocketFactory());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket listener =
        new ServerSocket(0, 1, loopback) {
          @Override
          public Socket accept() throws IOException {
            Socket socket = new CountedSocket();
            implAccept(socket);
            return socket;
          }
        }) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() -> serve(context, listener, ends));
      Socket under =
          new BufferedSockets(Duration.ofMinutes(1))
              .createSocket(loopback, listener.getLocalPort());
      try (Socket socket = layers.createSocket(under, "localhost", under.getPort(), true)) {
        ends.client(socket);
      }
      served.join();
      assertThat(under.isClosed()).isTrue();
    }
  }

  private static void serve(SSLContext context, ServerSocket listener, Ends ends) {
    try (Socket under = listener.accept();
        SSLSocket tls =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(under, "localhost", under.getPort(), true)) {
      tls.setUseClientMode(false);
      ends.server(tls);
    } catch (Exception e) {
      throw new IllegalStateException("the server's end failed", e);
    }
  }

  @Test
  void many_small_writes_are_few_full_records() throws Exception {
    byte[] sent = new byte[1 << 20];
    new Random(23).nextBytes(sent);
    connect(
        new Ends() {
          @Override
          public void client(Socket socket) throws Exception {
            ((SSLSocket) socket).startHandshake();
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < sent.length; i += 8192) {
              out.write(sent, i, 8192);
            }
            out.flush();
            assertThat(socket.getInputStream().read()).isEqualTo(1);
          }

          @Override
          public void server(Socket socket) throws Exception {
            byte[] got = socket.getInputStream().readNBytes(sent.length);
            assertThat(Arrays.equals(got, sent)).isTrue();
            socket.getOutputStream().write(1);
          }
        });
    // 65 of them full, the client's part of the handshake, and the end.
    assertThat(records.get()).isBetween(65, 69);
  }

  @Test
  void a_flush_sends_what_fills_no_record_and_no_block() throws Exception {
    connect(
        new Ends() {
          @Override
          public void client(Socket socket) throws Exception {
            for (int octet = 0; octet < 9; octet++) {
              socket.getOutputStream().write(octet);
              socket.getOutputStream().flush();
              assertThat(socket.getInputStream().read()).isEqualTo(octet);
            }
          }

          @Override
          public void server(Socket socket) throws Exception {
            for (int i = 0; i < 9; i++) {
              socket.getOutputStream().write(socket.getInputStream().read());
            }
          }
        });
  }

  @Test
  void a_write_to_a_server_that_left_fails() throws Exception {
    connect(
        new Ends() {
          @Override
          public void client(Socket socket) throws Exception {
            ((SSLSocket) socket).startHandshake();
            OutputStream out = socket.getOutputStream();
            out.write(1);
            out.flush();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThatThrownBy(
                    () -> {
                      for (int i = 0; i < 10_000; i++) {
                        out.write(new byte[8192]);
                      }
                    })
                .isInstanceOf(IOException.class);
            assertThatThrownBy(out::flush).isInstanceOf(IOException.class);
          }

          @Override
          public void server(Socket socket) throws Exception {
            assertThat(socket.getInputStream().read()).isEqualTo(1);
          }
        });
  }
}
