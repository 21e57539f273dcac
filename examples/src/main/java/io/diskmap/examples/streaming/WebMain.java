package io.diskmap.examples.streaming;

import com.sun.net.httpserver.HttpServer;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/**
 * The public web server: takes uploads from browsers and gives downloads to them, and hands every
 * byte on to the services server as it comes. It opens no local file for writing.
 *
 * <p>{@code PUT}, {@code GET} and {@code DELETE} on {@code /files/<cohort>/<name>}; {@code GET
 * /files/<cohort>/} lists. The header {@code X-User} stands for the login that a real one has.
 */
public final class WebMain {
  private WebMain() {}

  /** Reads the environment of role web; the argument is the port, 0 for a free one. */
  public static void main(String[] args) throws IOException {
    StorageManager storages = StorageManager.fromEnvironment();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    HttpServer server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/files/", new FilesHandler(storages.workspace()));
    server.start();
    System.out.println("web on port " + server.getAddress().getPort());
  }
}
