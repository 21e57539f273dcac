package io.diskmap.testkit.fault;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connection through a {@link FaultProxy}, with the faults that can strike it alone. For any
 * thread, also from inside a {@link DataObserver} or a trigger's action.
 */
public final class ProxiedConnection {
  private static final int CONNECT_MILLIS = 10_000;

  private final FaultProxy proxy;
  private final long id;
  private final Socket client;
  private final Socket server = new Socket();
  private final FlightMeter.Flight flight;
  private final Map<Direction, Pump> pumps;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Set<Thread> acting = new HashSet<>();
  private final AtomicInteger directionsOpen = new AtomicInteger(2);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean blackHoled = new AtomicBoolean();

  ProxiedConnection(FaultProxy proxy, long id, Socket client, FlightMeter meter) {
    this.proxy = proxy;
    this.id = id;
    this.client = client;
    this.flight = meter.connected();
    this.pumps =
        Map.of(
            Direction.TO_SERVER,
            pump(Direction.TO_SERVER, client, server),
            Direction.TO_CLIENT,
            pump(Direction.TO_CLIENT, server, client));
  }

  /** The number of this connection, counted from 1 in the order of acceptance. */
  public long id() {
    return id;
  }

  /** Whether this connection has ended, by a fault or by itself. */
  public boolean ended() {
    return ended.get();
  }

  /** Holds all bytes of this direction back, and its end too; the sockets stay open. */
  public void stall(Direction direction) {
    pump(direction).stall();
  }

  /** Lets the bytes of this direction flow again. */
  public void thaw(Direction direction) {
    pump(direction).thaw();
  }

  /**
   * Ends one direction: its receiver reads end of stream, its sender notices nothing and what it
   * sends from now on is lost, the other direction goes on.
   */
  public void halfClose(Direction direction) {
    pump(direction).halfClose();
  }

  /** Passes exactly {@code bytes} further bytes of this direction, then ends the connection. */
  public Trip cutAfter(Direction direction, long bytes, Ending ending) {
    Trip trip = new Trip("cut of connection " + id + " after " + bytes + " bytes " + direction);
    pump(direction).cut(new ByteBudget(bytes, ending, trip));
    return trip;
  }

  /**
   * Swallows what the server sends from now on, and ends the connection when the server has sent
   * something and then nothing for {@code quiet}, or has closed. Without any answer the connection
   * stays open. The trip tells that an answer was swallowed.
   */
  public Trip dropReplies(Ending ending, Duration quiet) {
    Trip trip = new Trip("dropped reply on connection " + id);
    swallow(Direction.TO_CLIENT, new Silence(ending, quiet, trip));
    return trip;
  }

  /** Resets both sides at once, whatever is still on the line. */
  public void reset() {
    end(Ending.RESET);
  }

  /** Closes both sides in an orderly way at once; what is still on the line is lost. */
  public void close() {
    end(Ending.FIN);
  }

  @Override
  public String toString() {
    return "connection " + id + (ended() ? " (ended)" : "");
  }

  void start() {
    run("to-server-in", this::connectAndPump);
  }

  void blackHole() {
    blackHoled.set(true);
  }

  boolean blackHoled() {
    return blackHoled.get();
  }

  void swallow(Direction direction, Silence order) {
    pump(direction).swallow(order);
  }

  void cut(Direction direction, @Nullable ByteBudget budget) {
    pump(direction).cut(budget);
  }

  void directionEnded() {
    if (directionsOpen.decrementAndGet() == 0) {
      end(Ending.FIN);
    }
  }

  void end(Ending ending) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    for (Socket socket : List.of(client, server)) {
      try {
        if (ending == Ending.RESET && !socket.isClosed()) {
          socket.setSoLinger(true, 0);
        } else if (socket.isConnected() && !socket.isOutputShutdown() && !socket.isClosed()) {
          socket.shutdownOutput();
        }
        socket.close();
      } catch (IOException alreadyGone) {
        close(socket);
      }
    }
    synchronized (acting) {
      for (Thread thread : threads) {
        if (thread != Thread.currentThread() && !acting.contains(thread)) {
          thread.interrupt();
        }
      }
    }
    flight.closed();
    proxy.ended(this);
  }

  /**
   * Runs what a test does at a moment of this connection. It may end the connection, by the server
   * that it kills, and is not cut short by that.
   */
  void act(Runnable action) {
    Thread actor = Thread.currentThread();
    boolean interrupted;
    synchronized (acting) {
      acting.add(actor);
      interrupted = Thread.interrupted();
    }
    try {
      action.run();
    } finally {
      synchronized (acting) {
        acting.remove(actor);
      }
      if (interrupted || ended()) {
        actor.interrupt();
      }
    }
  }

  private Pump pump(Direction direction, Socket from, Socket to) {
    return new Pump(this, direction, proxy.lane(direction), flight, from, to);
  }

  private Pump pump(Direction direction) {
    return Objects.requireNonNull(pumps.get(direction));
  }

  /** The peer has gone first, so there was nothing left to end in a certain way. */
  private void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      proxy.failed(e);
    }
  }

  private void connectAndPump() throws IOException, InterruptedException {
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    server.connect(proxy.target(), CONNECT_MILLIS);
    run("to-server-out", pump(Direction.TO_SERVER)::runOutput);
    run("to-client-in", pump(Direction.TO_CLIENT)::runInput);
    run("to-client-out", pump(Direction.TO_CLIENT)::runOutput);
    pump(Direction.TO_SERVER).runInput();
  }

  private void run(String part, Step step) {
    Thread thread = new Thread(() -> guard(step), proxy.threadName(id, part));
    thread.setDaemon(true);
    threads.add(thread);
    proxy.started(thread);
    thread.start();
    if (ended()) {
      thread.interrupt();
    }
  }

  /**
   * Runs one thread's part. A connection that breaks by itself is reset on both sides, so a peer's
   * reset goes through; an error of an observer or a meter is kept for {@link FaultProxy#close()}.
   */
  private void guard(Step step) {
    try {
      step.run();
    } catch (IOException | InterruptedException broken) {
      reset();
    } catch (RuntimeException | Error e) {
      proxy.failed(e);
      reset();
    } finally {
      proxy.stopped(Thread.currentThread());
    }
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
