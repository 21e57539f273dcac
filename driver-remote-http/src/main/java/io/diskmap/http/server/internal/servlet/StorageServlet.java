package io.diskmap.http.server.internal.servlet;

import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.internal.EngineLimits;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * The storage API as a servlet for Servlet 6.0 and later, mounted at {@code /internal/storage/*}.
 * Thread-safe; blocks the container's thread for the length of a transfer.
 */
public final class StorageServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient HttpHandler handler;
  private final transient EngineLimits limits;
  private final transient Semaphore slots;

  private StorageServlet(HttpHandler handler, EngineLimits limits) {
    this.handler = handler;
    this.limits = limits;
    this.slots = new Semaphore(limits.concurrent());
  }

  /** A servlet over the handler. */
  public static HttpServlet of(HttpHandler handler, EngineLimits limits) {
    return new StorageServlet(handler, limits);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!slots.tryAcquire()) {
      response.setHeader("Retry-After", "1");
      response.setHeader("Connection", "close");
      response.setStatus(503);
      return;
    }
    ServletExchange exchange = new ServletExchange(request, response, limits);
    try {
      handler.handle(exchange);
    } catch (IOException | RuntimeException e) {
      if (exchange.isCommitted()) {
        throw e;
      }
      exchange.status(500);
    } finally {
      slots.release();
    }
    if (exchange.isAborted()) {
      throw new IOException("the response was broken off");
    }
  }
}
