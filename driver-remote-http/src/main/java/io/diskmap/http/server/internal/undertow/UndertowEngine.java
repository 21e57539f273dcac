package io.diskmap.http.server.internal.undertow;

import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.internal.EngineLimits;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * The stand-alone HTTP/1.1 server: Undertow's listener on XNIO, with our framing check in front of
 * its parser and our limits around the handler. Thread-safe.
 *
 * <p>Every request is served by a worker thread; I/O threads parse heads and nothing else. More
 * requests than the limit are answered 503 at once, on the I/O thread.
 */
public final class UndertowEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UndertowEngine.class);
  private static final int BUFFER = 64 * 1024;

  private final HttpHandler handler;
  private final EngineLimits limits;
  private final Semaphore slots;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final XnioWorker worker;
  private final ByteBufferPool buffers;
  private final HttpOpenListener listener;
  private final AcceptingChannel<? extends StreamConnection> server;

  /** Listens at the address, with TLS when a context is given; port 0 picks a free one. */
  public UndertowEngine(
      InetSocketAddress address, @Nullable SSLContext tls, HttpHandler handler, EngineLimits limits)
      throws IOException {
    this.handler = handler;
    this.limits = limits;
    this.slots = new Semaphore(limits.concurrent());
    Xnio xnio = Xnio.getInstance(HttpOpenListener.class.getClassLoader());
    int ioThreads = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.worker =
        xnio.createWorker(
            OptionMap.builder()
                .set(Options.WORKER_NAME, "diskmap-http")
                .set(Options.WORKER_IO_THREADS, ioThreads)
                .set(Options.WORKER_TASK_CORE_THREADS, limits.concurrent())
                .set(Options.WORKER_TASK_MAX_THREADS, limits.concurrent())
                .set(Options.WORKER_TASK_KEEPALIVE, 30_000)
                .set(Options.THREAD_DAEMON, true)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .getMap());
    this.buffers = new DefaultByteBufferPool(true, BUFFER, -1, 4);
    this.listener = new HttpOpenListener(buffers, serverOptions(limits));
    listener.setRootHandler(this::admit);
    try {
      this.server = listen(xnio, address, tls);
    } catch (IOException | RuntimeException e) {
      worker.shutdownNow();
      buffers.close();
      throw e;
    }
    server.resumeAccepts();
  }

  /** The address that is listened at. */
  public InetSocketAddress address() {
    return server.getLocalAddress(InetSocketAddress.class);
  }

  /** Stops accepting, lets requests under way finish within the grace, then closes everything. */
  public void stop(Duration grace) {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    IoUtils.safeClose(server);
    boolean interrupted = false;
    try {
      boolean quiet =
          slots.tryAcquire(limits.concurrent(), grace.toMillis(), TimeUnit.MILLISECONDS);
      if (!quiet && !grace.isZero()) {
        LOG.warn("requests were still under way after {}; their connections are closed", grace);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    listener.closeConnections();
    worker.shutdownNow();
    try {
      worker.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    buffers.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  private void admit(HttpServerExchange exchange) {
    if (stopping.get() || !slots.tryAcquire()) {
      exchange.setPersistent(false);
      exchange.setStatusCode(503);
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
      exchange.setResponseContentLength(0);
      exchange.endExchange();
      return;
    }
    try {
      exchange.dispatch(
          (io.undertow.server.HttpHandler)
              dispatched -> {
                try {
                  serve(dispatched);
                } finally {
                  slots.release();
                }
              });
    } catch (RuntimeException e) {
      slots.release();
      throw e;
    }
  }

  private void serve(HttpServerExchange undertow) {
    UndertowExchange exchange = new UndertowExchange(undertow, limits);
    try {
      handler.handle(exchange);
    } catch (IOException | RuntimeException e) {
      LOG.debug("a request ended in an error", e);
      if (exchange.isCommitted()) {
        exchange.abort();
      }
    } finally {
      exchange.finish();
    }
  }

  private AcceptingChannel<? extends StreamConnection> listen(
      Xnio xnio, InetSocketAddress address, @Nullable SSLContext tls) throws IOException {
    ChannelListener<StreamConnection> framed =
        connection -> {
          connection
              .getSourceChannel()
              .setConduit(
                  new FramingConduit(
                      connection.getSourceChannel().getConduit(),
                      new RequestFraming(limits.headBytes())));
          listener.handleEvent(connection);
        };
    OptionMap.Builder socket =
        OptionMap.builder()
            .set(Options.WORKER_IO_THREADS, worker.getIoThreadCount())
            .set(Options.TCP_NODELAY, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BALANCING_TOKENS, 1)
            .set(Options.BALANCING_CONNECTIONS, 2)
            .set(Options.CONNECTION_HIGH_WATER, limits.connections())
            .set(Options.CONNECTION_LOW_WATER, limits.connections())
            .set(Options.BACKLOG, 1000);
    if (tls == null) {
      return worker.createStreamConnectionServer(
          address, ChannelListeners.openListenerAdapter(framed), socket.getMap());
    }
    socket.set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"));
    UndertowXnioSsl ssl =
        new UndertowXnioSsl(xnio, OptionMap.create(Options.USE_DIRECT_BUFFERS, true), tls);
    ChannelListener<AcceptingChannel<SslConnection>> accept =
        ChannelListeners.openListenerAdapter(framed);
    return ssl.createSslConnectionServer(worker, address, accept, socket.getMap());
  }

  private static OptionMap serverOptions(EngineLimits limits) {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
        .set(UndertowOptions.MAX_HEADER_SIZE, limits.headBytes())
        .set(UndertowOptions.MAX_HEADERS, 100)
        .set(UndertowOptions.MAX_PARAMETERS, 64)
        .set(UndertowOptions.DECODE_URL, false)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) limits.headTimeout().toMillis())
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int) limits.idleTimeout().toMillis())
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
        .set(UndertowOptions.ENABLE_HTTP2, false)
        .getMap();
  }
}
