package io.diskmap.testkit.fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in this JVM between a driver and its server that breaks the line on purpose and
 * counts what passes. All methods are for any thread; faults act at once, on open connections too.
 *
 * <p>It listens on loopback, on {@link #port()}, until {@link #close()}. Without a fault it passes
 * bytes, ends of stream and resets through as they are. Two things it cannot imitate: a client's
 * connect succeeds before the server is asked (a server that is down shows as a reset right after),
 * and the TCP handshake itself is never delayed.
 */
public final class FaultProxy implements AutoCloseable {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private enum Arrivals {
    ACCEPTED,
    BLACK_HOLED
  }

  private final Map<Direction, Lane> lanes =
      Map.of(Direction.TO_SERVER, new Lane(), Direction.TO_CLIENT, new Lane());
  private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Acceptor acceptor;
  private volatile InetSocketAddress target;
  private volatile FlightMeter meter = NoMeter.NONE;
  private volatile Arrivals arrivals = Arrivals.ACCEPTED;
  private volatile boolean closed;

  private FaultProxy(InetSocketAddress target) throws IOException {
    this.target = target;
    this.acceptor = new Acceptor(this::arrived, this::failed);
  }

  /** Starts a proxy in front of a server, on a free port. */
  public static FaultProxy to(InetSocketAddress server) throws IOException {
    FaultProxy proxy = new FaultProxy(server);
    proxy.acceptor.open();
    return proxy;
  }

  /** Starts a proxy in front of a server, on a free port. */
  public static FaultProxy to(String host, int port) throws IOException {
    return to(new InetSocketAddress(host, port));
  }

  // The line

  /** The address that the driver is to connect to. */
  public InetSocketAddress address() {
    return acceptor.address();
  }

  /** The port that the driver is to connect to. */
  public int port() {
    return address().getPort();
  }

  /** Leads new connections to another server, as a fail-over does. */
  public void retarget(InetSocketAddress server) {
    target = server;
  }

  /** Measures new connections with this meter. */
  public <M extends FlightMeter> M meter(M newMeter) {
    meter = newMeter;
    return newMeter;
  }

  /** Adds a one-way delay to both directions; a round trip grows by twice as much. */
  public void delay(Duration oneWay) {
    delay(Direction.TO_SERVER, oneWay);
    delay(Direction.TO_CLIENT, oneWay);
  }

  /** Adds a one-way delay that leaves the throughput alone. */
  public void delay(Direction direction, Duration oneWay) {
    lane(direction).shape = lane(direction).shape.withDelay(oneWay);
  }

  /**
   * Limits the bytes that one connection may have on a delayed line in one direction, as the window
   * of a real connection does: its throughput is then at most that for each delay.
   */
  public void window(Direction direction, long bytes) {
    lane(direction).shape = lane(direction).shape.withWindow(bytes);
  }

  /** Limits the rate of one direction, over all connections together. */
  public void rate(Direction direction, long bytesPerSecond) {
    lane(direction).shape = lane(direction).shape.withRate(bytesPerSecond);
  }

  // Faults on what is open

  /** Freezes both directions of all connections: bytes stop, sockets stay open. */
  public void stall() {
    stall(Direction.TO_SERVER);
    stall(Direction.TO_CLIENT);
  }

  /** Freezes one direction of all connections, new ones too. */
  public void stall(Direction direction) {
    lane(direction).gate.shut();
  }

  /** Lets both directions flow again; nothing was lost. */
  public void thaw() {
    thaw(Direction.TO_SERVER);
    thaw(Direction.TO_CLIENT);
  }

  /** Lets one direction flow again; nothing was lost. */
  public void thaw(Direction direction) {
    lane(direction).gate.open();
  }

  /** Ends one direction of all open connections, see {@link ProxiedConnection#halfClose}. */
  public void halfClose(Direction direction) {
    for (ProxiedConnection connection : connections) {
      connection.halfClose(direction);
    }
  }

  /** Resets all open connections. */
  public void resetAll() {
    connections.forEach(ProxiedConnection::reset);
  }

  /** Closes all open connections in an orderly way, as a server that shuts down. */
  public void closeAll() {
    connections.forEach(ProxiedConnection::close);
  }

  /** Swallows the replies on all open connections, see {@link ProxiedConnection#dropReplies}. */
  public void dropReplies(Ending ending) {
    connections.forEach(connection -> connection.dropReplies(ending, quiet()));
  }

  // Planned faults

  /**
   * Cuts once: passes exactly {@code bytes} further bytes of this direction over all connections
   * together, then ends the connection that carried the last of them. The other connections and new
   * ones are left alone. With {@link Ending#RESET} the receiver may lose bytes it has not read yet,
   * as on a real line.
   */
  public Trip cutAfter(Direction direction, long bytes, Ending ending) {
    Trip trip = new Trip("cut after " + bytes + " bytes " + direction.label());
    lane(direction).nextCut.set(new ByteBudget(bytes, ending, trip));
    return trip;
  }

  /**
   * Cuts each connection, open and new ones, after exactly {@code bytes} further bytes of this
   * direction, until {@link #heal()}. The trip tells of the first cut.
   */
  public Trip cutEachAfter(Direction direction, long bytes, Ending ending) {
    Trip trip = new Trip("cut of each connection after " + bytes + " bytes " + direction.label());
    Lane.CutRule rule = new Lane.CutRule(bytes, ending, trip);
    lane(direction).eachCut = rule;
    connections.forEach(connection -> connection.cut(direction, rule.budget()));
    return trip;
  }

  /**
   * Runs an action once, when the pattern passes for the n-th time (from 1, over all connections):
   * after all bytes before the last one of the pattern have been passed on, and before that last
   * byte is. So an action that ends the connection keeps the receiver from seeing the whole
   * pattern, and one that cuts after 1 byte lets it see exactly that.
   */
  public Trip when(
      Direction direction, byte[] pattern, int occurrence, Consumer<ProxiedConnection> action) {
    String text = new String(pattern, StandardCharsets.UTF_8);
    Trip trip = new Trip("pattern '" + text + "' #" + occurrence + " " + direction.label());
    lane(direction).triggers.add(new Trigger(new BytePattern(pattern), occurrence, action, trip));
    return trip;
  }

  /** Runs an action once, when this text (UTF-8) passes for the first time. */
  public Trip when(Direction direction, String pattern, Consumer<ProxiedConnection> action) {
    return when(direction, pattern.getBytes(StandardCharsets.UTF_8), 1, action);
  }

  /**
   * Loses the answer to one request: when this text passes to the server, the request goes through
   * and every byte of the answer is swallowed; the connection ends once the server is quiet. The
   * trip tells that there was an answer and that the driver did not get it.
   */
  public Trip dropReplyTo(String request, Ending ending) {
    Trip trip = new Trip("dropped reply to '" + request + "'");
    when(
        Direction.TO_SERVER,
        request,
        connection -> connection.swallow(Direction.TO_CLIENT, new Silence(ending, quiet(), trip)));
    return trip;
  }

  /** Shows every block of bytes to an observer before it is passed on, until {@link #heal()}. */
  public void onData(Direction direction, DataObserver observer) {
    lane(direction).observers.add(observer);
  }

  // Faults on what is to come

  /** Refuses new connections: nobody listens on the port any longer. */
  public void refuse() throws IOException {
    acceptor.shut();
  }

  /** Accepts new connections and never answers them, nor reads from them. */
  public void blackHole() throws IOException {
    arrivals = Arrivals.BLACK_HOLED;
    acceptor.open();
  }

  /**
   * Accepts new connections again, on the same port. Those that fell into the black hole are reset,
   * as by a host that never heard of them.
   */
  public void accept() throws IOException {
    arrivals = Arrivals.ACCEPTED;
    acceptor.open();
    for (ProxiedConnection connection : connections) {
      if (connection.blackHoled()) {
        connection.reset();
      }
    }
  }

  /** Takes all faults and observers away; connections that still work go on. */
  public void heal() throws IOException {
    lanes.values().forEach(Lane::heal);
    for (ProxiedConnection connection : connections) {
      for (Direction direction : Direction.values()) {
        connection.cut(direction, null);
        connection.thaw(direction);
      }
    }
    accept();
  }

  // Counters

  /** The bytes that senders of this direction have handed to the proxy, lost ones too. */
  public long bytesIn(Direction direction) {
    return lane(direction).bytesIn.get();
  }

  /** The bytes handed on to receivers of this direction. */
  public long bytesOut(Direction direction) {
    return lane(direction).bytesOut.get();
  }

  /** The connections ever accepted. */
  public long accepted() {
    return accepted.get();
  }

  /** The connections open now; black-holed ones count until {@link #accept()}. */
  public int open() {
    return connections.size();
  }

  /** The connections open now. */
  public List<ProxiedConnection> connections() {
    return List.copyOf(connections);
  }

  /**
   * Ends all connections, frees the port and waits for the proxy's threads. Closing again does
   * nothing.
   *
   * @throws IllegalStateException if an observer, an action or a meter failed, or a thread stays
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    acceptor.close();
    closeAll();
    awaitThreads();
    Throwable first = failure.get();
    if (first != null) {
      throw new IllegalStateException("the fault proxy met an error while it ran: " + first, first);
    }
  }

  @Override
  public String toString() {
    return "fault proxy on port " + port() + " to " + target;
  }

  // For the parts

  Lane lane(Direction direction) {
    return Objects.requireNonNull(lanes.get(direction));
  }

  /** Where to connect, resolved for each connection anew. */
  InetSocketAddress target() {
    InetSocketAddress now = target;
    return new InetSocketAddress(now.getHostString(), now.getPort());
  }

  String threadName(long connection, String part) {
    return "fault-proxy-" + port() + "-" + connection + "-" + part;
  }

  void started(Thread thread) {
    threads.add(thread);
  }

  void stopped(Thread thread) {
    threads.remove(thread);
  }

  void failed(Throwable problem) {
    failure.compareAndSet(null, problem);
  }

  void ended(ProxiedConnection connection) {
    connections.remove(connection);
  }

  private void arrived(Socket client) {
    ProxiedConnection connection =
        new ProxiedConnection(this, accepted.incrementAndGet(), client, meter);
    connections.add(connection);
    for (Direction direction : Direction.values()) {
      Lane.CutRule rule = lane(direction).eachCut;
      if (rule != null) {
        connection.cut(direction, rule.budget());
      }
    }
    if (arrivals == Arrivals.BLACK_HOLED) {
      connection.blackHole();
    } else {
      connection.start();
    }
    if (closed) {
      connection.close();
    }
  }

  /** Time enough for a server's answer in several parts, on a delayed line too. */
  private Duration quiet() {
    return QUIET
        .plus(lane(Direction.TO_SERVER).shape.delay())
        .plus(lane(Direction.TO_CLIENT).shape.delay());
  }

  private void awaitThreads() {
    long deadline = System.nanoTime() + CLOSING.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      if (thread.isAlive() && thread != Thread.currentThread()) {
        failed(new IllegalStateException("still running after close: " + thread.getName()));
      }
    }
  }
}
