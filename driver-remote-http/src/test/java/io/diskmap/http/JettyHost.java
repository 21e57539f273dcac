package io.diskmap.http;

import jakarta.servlet.http.HttpServlet;
import java.net.URI;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A host application on Jetty EE10 that has the storage servlet mounted. For one test. */
public final class JettyHost implements AutoCloseable {
  private final Server server;

  /** Starts at a free port of loopback, or at the given one. */
  public JettyHost(HttpServlet servlet, int port) {
    QueuedThreadPool threads = new QueuedThreadPool(64);
    threads.setDaemon(true);
    server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setReuseAddress(true);
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/", false, false);
    ServletHolder holder = new ServletHolder(servlet);
    context.addServlet(holder, "/internal/storage/*");
    context.addServlet(holder, "/api/*");
    server.setHandler(context);
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty did not start", e);
    }
  }

  /** The base URL. */
  public String url() {
    URI uri = server.getURI();
    return "http://127.0.0.1:" + uri.getPort();
  }

  /** The port. */
  public int port() {
    return server.getURI().getPort();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty did not stop", e);
    }
  }
}
