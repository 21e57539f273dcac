package io.diskmap.nfs;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The TLS of a server that has none: answers STARTTLS as RFC 9289 says, shakes hands, and hands
 * what it decrypts to the server behind it. For any thread.
 */
final class TlsFront implements AutoCloseable {
  private static final int AUTH_TLS = 7;
  private static final int FLAVOR_AT = 24;
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final SSLContext context;
  private final int behind;
  private final Path directory;

  /** In front of the server at this port, with a certificate for this name. */
  TlsFront(int behind, String name) throws Exception {
    this.behind = behind;
    this.directory = Files.createTempDirectory("diskmap-tls-");
    Path keys = directory.resolve("keys.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "front",
        "-keyalg",
        "EC",
        "-dname",
        "CN=front",
        "-validity",
        "2",
        "-ext",
        "san=" + name,
        "-storetype",
        "PKCS12",
        "-keystore",
        keys.toString(),
        "-storepass",
        new String(PASSWORD));
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "front",
        "-keystore",
        keys.toString(),
        "-storepass",
        new String(PASSWORD),
        "-file",
        certificate().toString());
    KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD);
    this.context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    start(this::accept);
  }

  private static void keytool(String... arguments) throws Exception {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("keytool failed");
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The certificate, as a file. */
  Path certificate() {
    return directory.resolve("front.pem");
  }

  /** Something that a thread does until a socket ends. */
  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                Thread.currentThread().interrupt();
              }
            },
            "tls-front");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket socket = listener.accept();
      sockets.add(socket);
      start(() -> serve(socket));
    }
  }

  private void serve(Socket socket) throws IOException {
    try (socket;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
      sockets.add(server);
      server.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] call = new byte[in.readInt() & Integer.MAX_VALUE];
      in.readFully(call);
      ByteBuffer head = ByteBuffer.wrap(call);
      if (head.getInt(FLAVOR_AT) != AUTH_TLS) {
        return;
      }
      socket.getOutputStream().write(startTls(head.getInt(0)));
      try (SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(socket, null, false)) {
        secure.setUseClientMode(false);
        secure.setHandshakeApplicationProtocolSelector((s, offered) -> offered.get(0));
        secure.startHandshake();
        start(() -> copy(server.getInputStream(), secure.getOutputStream(), server));
        copy(secure.getInputStream(), server.getOutputStream(), server);
      }
    }
  }

  private static byte[] startTls(int xid) {
    ByteBuffer reply = ByteBuffer.allocate(36).putInt(32 | 1 << 31).putInt(xid).putInt(1).putInt(0);
    reply.putInt(0).putInt(8).put("STARTTLS".getBytes(StandardCharsets.US_ASCII)).putInt(0);
    return reply.array();
  }

  private static void copy(InputStream in, OutputStream out, Socket ended) throws IOException {
    try (ended) {
      byte[] buffer = new byte[64 * 1024];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    }
  }

  /** Ends all connections. */
  void resetAll() throws IOException {
    for (Socket each : sockets) {
      each.close();
    }
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    resetAll();
    try (var files = Files.list(directory)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(directory);
  }
}
