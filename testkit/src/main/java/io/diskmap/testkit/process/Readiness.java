package io.diskmap.testkit.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * A look at whether a server can take its first request. Called again and again by the thread that
 * starts the server, until it says yes or the deadline passes.
 */
@FunctionalInterface
public interface Readiness {
  /** Whether the server is ready; an exception means not yet. */
  boolean ready(ServerProcess server) throws Exception;

  /** Ready as soon as something accepts connections there. */
  static Readiness port(String host, int port) {
    return server -> {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), 1000);
        return true;
      }
    };
  }

  /** Ready as soon as the log holds this text. */
  static Readiness logged(String text) {
    return server -> log(server).contains(text);
  }

  /** Ready at once: the process merely has to run. */
  static Readiness running() {
    return server -> true;
  }

  private static String log(ServerProcess server) throws IOException {
    return new String(Files.readAllBytes(server.logFile()), StandardCharsets.ISO_8859_1);
  }
}
