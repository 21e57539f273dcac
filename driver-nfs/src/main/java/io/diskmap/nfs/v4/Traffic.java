package io.diskmap.nfs.v4;

import io.diskmap.CallContext;
import io.diskmap.nfs.rpc.ConnectionLostException;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.rpc.RpcMessages;
import io.diskmap.nfs.v4.OpReader.SequenceResult;
import io.diskmap.nfs.v4.Slots.Slot;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrWriter;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of a client and the requests that are under way on them, each in its slot.
 *
 * <p>Thread-safe. It sends, takes what the server makes of each request, and keeps those whose
 * connection is lost until {@link #resume}. What the server says of the session as a whole goes to
 * the {@link Recovery}. The lock guards the two lists, and the fields of the recovery; it is never
 * held while anything waits for the server.
 */
final class Traffic {
  /** Mends the session. For any thread; no method waits. */
  interface Recovery {
    /** Something broke. */
    void begin();

    /** The server told these flags with a SEQUENCE. */
    void heed(int flags);
  }

  /** After so many timeouts a request counts as forgotten though the connection is busy. */
  private static final int FORGOTTEN = 4;

  private static final Duration DELAY_PAUSE = Duration.ofMillis(100);
  private static final Request<Boolean> NOTHING = Request.of(out -> {}, in -> true);

  /** The client's lock. */
  final Signal signal = new Signal();

  private final NfsConfig config;
  private final ScheduledExecutorService timer;
  private final Recovery recovery;
  private final AtomicInteger xids = new AtomicInteger(new SecureRandom().nextInt());
  private final AtomicInteger nextConnection = new AtomicInteger();
  private final Set<Exchange> inFlight = ConcurrentHashMap.newKeySet();

  /** Guarded by the lock. */
  private final List<RpcConnection> connections = new ArrayList<>();

  /** Guarded by the lock: unanswered requests whose connection is lost. */
  private final List<Exchange> unanswered = new ArrayList<>();

  private volatile boolean closed;
  private volatile Duration connecting = Duration.ZERO;
  private volatile long lastAnswered = System.nanoTime();

  Traffic(NfsConfig config, ScheduledExecutorService timer, Recovery recovery) {
    this.config = config;
    this.timer = timer;
    this.recovery = recovery;
  }

  boolean isClosed() {
    return closed;
  }

  /** How many connections there are at this moment. */
  int openConnections() {
    signal.lock();
    try {
      return (int) connections.stream().filter(RpcConnection::isOpen).count();
    } finally {
      signal.unlock();
    }
  }

  /** How long the last connection took to be made. */
  Duration connecting() {
    return connecting;
  }

  /** Holding the lock: whether every connection stands and no request waits for one. */
  boolean isWhole() {
    return unanswered.isEmpty() && connections.stream().allMatch(RpcConnection::isOpen);
  }

  /** Holding the lock: whether requests wait for a connection. */
  boolean hasUnanswered() {
    return !unanswered.isEmpty();
  }

  /** Connects where connections are missing, and answers the new ones. */
  List<RpcConnection> connectMissing() throws IOException {
    List<RpcConnection> fresh = new ArrayList<>();
    int missing;
    signal.lock();
    try {
      connections.removeIf(each -> !each.isOpen());
      missing = config.connections() - connections.size();
    } finally {
      signal.unlock();
    }
    for (int i = 0; i < missing; i++) {
      long start = System.nanoTime();
      RpcConnection made =
          RpcConnection.connect(
              config.host(),
              config.port(),
              config.tls(),
              config.timeout(),
              "diskmap-nfs-reader",
              config.maxReply(),
              recovery::begin);
      connecting = Duration.ofNanos(System.nanoTime() - start);
      fresh.add(made);
      signal.lock();
      try {
        connections.add(made);
        if (closed) {
          made.close();
        }
      } finally {
        signal.unlock();
      }
    }
    return fresh;
  }

  /** The connections there are, at least one. */
  List<RpcConnection> connections() throws ConnectionLostException {
    signal.lock();
    try {
      if (connections.isEmpty()) {
        throw new ConnectionLostException("the connection broke at once", null);
      }
      return List.copyOf(connections);
    } finally {
      signal.unlock();
    }
  }

  /** Executes a compound outside any session. */
  OpReader raw(RpcConnection wire, int minorVersion, Duration timeout, Request.Encoder operations)
      throws IOException {
    try {
      return RawCall.execute(
          wire, config, minorVersion, xids.incrementAndGet(), timeout, operations);
    } catch (SocketTimeoutException e) {
      wire.end(e);
      throw e;
    }
  }

  Exchange submit(Session now, Slot slot, Request<?> request, boolean internal) {
    int xid = xids.incrementAndGet();
    XdrWriter out = new XdrWriter();
    RpcMessages.writeCall(
        out, xid, RawCall.PROGRAM, RawCall.VERSION, RawCall.COMPOUND, config.credential());
    OpWriter ops = new OpWriter(out, now.minorVersion, now.clientId);
    ops.sequence(now.id, slot.sequence, slot.index, now.slots.highest(), request.isReplyKept());
    request.encode(ops);
    ops.end();
    Exchange exchange = new Exchange(this, now, slot, request, xid, out.parts(), internal);
    request.hold();
    inFlight.add(exchange);
    send(exchange);
    return exchange;
  }

  /** Sends on any open connection; without one the exchange waits for the repair. */
  private void send(Exchange exchange) {
    RpcConnection wire = null;
    signal.lock();
    try {
      int count = connections.size();
      for (int i = 0; i < count && wire == null; i++) {
        RpcConnection each =
            connections.get(Math.floorMod(nextConnection.getAndIncrement(), count));
        wire = each.isOpen() ? each : null;
      }
    } finally {
      signal.unlock();
    }
    if (wire == null) {
      lost(exchange, new ConnectionLostException("there is no connection to the server", null));
    } else {
      exchange.sendOn(wire);
    }
  }

  <T> Optional<T> result(Exchange exchange, Request<T> request, Patience patience)
      throws IOException {
    Exchange.End end = null;
    try {
      end = exchange.await(patience);
    } finally {
      if (end == null) {
        abandon(exchange);
      }
    }
    if (end == null) {
      throw new NoAnswerException(
          exchange.sends > 0, "no reply came within " + config.timeout(), exchange.failure());
    }
    switch (end) {
      case ANSWERED -> {
        return decode(exchange, request);
      }
      case GONE -> {
        if (request.isRepeatable() || !exchange.isMaybeExecuted()) {
          return Optional.empty();
        }
        throw new NoAnswerException(
            true, "the server forgot the session with the reply", exchange.failure());
      }
      default -> {
        IOException failure = exchange.failure();
        throw failure instanceof NfsStatusException
            ? failure
            : new NoAnswerException(
                exchange.isMaybeExecuted(),
                failure == null ? "the exchange failed" : String.valueOf(failure.getMessage()),
                failure);
      }
    }
  }

  private static <T> Optional<T> decode(Exchange exchange, Request<T> request) throws IOException {
    try {
      return Optional.of(request.decode(exchange.results()));
    } catch (NfsStatusException e) {
      if (e.isAny(Status.DELAY, Status.GRACE) && !e.isAfterChange()) {
        return Optional.empty();
      }
      if (e.isAny(Status.RETRY_UNCACHED_REP)) {
        if (request.isRepeatable()) {
          return Optional.empty();
        }
        throw new NoAnswerException(true, "the server did not keep the reply", e);
      }
      throw e;
    }
  }

  /** Executes a request of the repair itself. */
  <T> T internal(Session now, Request<T> request) throws IOException {
    Patience patience = Patience.soft(Call.unbounded(CallContext.none()), config.timeout());
    Slot slot =
        now.slots
            .take(patience)
            .orElseThrow(() -> new ConnectionLostException("the session ended again", null));
    Exchange exchange = submit(now, slot, request, true);
    return result(exchange, request, patience)
        .orElseThrow(() -> new ConnectionLostException("the session ended again", null));
  }

  /** The server executed the compound and told what came of it. */
  void answered(Exchange exchange, SequenceResult result, OpReader ops) {
    inFlight.remove(exchange);
    Slots slots = exchange.session.slots;
    exchange.slot.sequence++;
    slots.limit(result.targetSlot() + 1);
    slots.give(exchange.slot);
    lastAnswered = System.nanoTime();
    if (result.flags() != 0 && !exchange.internal) {
      recovery.heed(result.flags());
    }
    exchange.answer(ops);
  }

  /** The server refused the slot, the session or the compound as a whole. */
  void refused(Exchange exchange, NfsStatusException status) {
    Session its = exchange.session;
    boolean repeated = exchange.sends > 1;
    switch (status.status()) {
      case Status.DELAY -> {
        exchange.connection = null;
        later(() -> send(exchange));
        return;
      }
      case Status.BADSESSION, Status.DEADSESSION, Status.STALE_CLIENTID -> {
        inFlight.remove(exchange);
        its.die();
        recovery.begin();
        exchange.gone(repeated, status);
      }
      case Status.CONN_NOT_BOUND_TO_SESSION -> {
        RpcConnection wire = exchange.connection;
        if (wire != null) {
          wire.end(status);
        }
        lost(exchange, status);
      }
      case Status.RETRY_UNCACHED_REP -> {
        inFlight.remove(exchange);
        exchange.slot.sequence++;
        its.slots.give(exchange.slot);
        exchange.gone(true, status);
      }
      case Status.SEQ_MISORDERED, Status.SEQ_FALSE_RETRY, Status.BADSLOT -> {
        inFlight.remove(exchange);
        if (!its.slots.lose()) {
          its.die();
          recovery.begin();
        }
        exchange.gone(true, status);
      }
      default -> {
        inFlight.remove(exchange);
        its.slots.give(exchange.slot);
        exchange.fail(status, repeated);
      }
    }
  }

  /** The server's RPC layer refused the call before the slot was looked at. */
  void notExecuted(Exchange exchange, IOException why) {
    inFlight.remove(exchange);
    exchange.session.slots.give(exchange.slot);
    exchange.fail(why, exchange.sends > 1);
  }

  /** The reply makes no sense: the connection ends, and a later request settles the slot. */
  void garbled(Exchange exchange, XdrException why) {
    inFlight.remove(exchange);
    doubt(exchange);
    RpcConnection wire = exchange.connection;
    if (wire != null) {
      wire.end(why);
    }
    exchange.fail(why, true);
  }

  /** The connection is gone before the reply came. */
  void lost(Exchange exchange, IOException why) {
    if (exchange.internal) {
      inFlight.remove(exchange);
      exchange.session.die();
      exchange.fail(why, true);
      return;
    }
    boolean drop;
    signal.lock();
    try {
      exchange.connection = null;
      drop = exchange.abandoned || closed || !config.maySend(exchange.sends);
      if (drop) {
        exchange.session.doubtful.add(exchange.slot);
      } else {
        unanswered.add(exchange);
      }
    } finally {
      signal.unlock();
    }
    if (drop) {
      inFlight.remove(exchange);
      exchange.fail(why, true);
    } else {
      recovery.begin();
    }
  }

  private void doubt(Exchange exchange) {
    signal.lock();
    try {
      exchange.session.doubtful.add(exchange.slot);
    } finally {
      signal.unlock();
    }
  }

  /** Nobody waits for the exchange any more; its slot and buffers come back with its end. */
  void abandon(Exchange exchange) {
    exchange.giveUp();
    boolean idle;
    signal.lock();
    try {
      exchange.abandoned = true;
      idle = unanswered.remove(exchange);
      if (idle) {
        exchange.session.doubtful.add(exchange.slot);
      }
    } finally {
      signal.unlock();
    }
    if (idle) {
      inFlight.remove(exchange);
      exchange.fail(new IOException("the call ended"), exchange.sends > 0);
    }
  }

  private void later(Runnable task) {
    try {
      timer.schedule(task, DELAY_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      task.run();
    }
  }

  /** Sends again what was not answered, and settles the slots in doubt. */
  void resume(Session now) {
    List<Exchange> again;
    List<Slot> doubtful;
    signal.lock();
    try {
      again = List.copyOf(unanswered);
      unanswered.clear();
      doubtful = List.copyOf(now.doubtful);
      now.doubtful.clear();
    } finally {
      signal.unlock();
    }
    for (Slot slot : doubtful) {
      submit(now, slot, NOTHING, false);
    }
    for (Exchange exchange : again) {
      if (exchange.session == now) {
        send(exchange);
      } else {
        inFlight.remove(exchange);
        exchange.gone(exchange.sends > 0, null);
      }
    }
  }

  /** Ends connections that have fallen silent. */
  void endSilent() {
    long now = System.nanoTime();
    for (Exchange exchange : inFlight) {
      RpcConnection wire = exchange.connection;
      long waited = now - exchange.sentAt;
      boolean late = waited > config.timeout().toNanos();
      boolean silent = wire != null && wire.idle().compareTo(config.timeout()) > 0;
      if (wire != null && late && (silent || waited > FORGOTTEN * config.timeout().toNanos())) {
        wire.end(new SocketTimeoutException("no reply within " + config.timeout()));
      }
    }
  }

  /** For how long the server has answered nothing in a slot. */
  Duration sinceAnswer() {
    return Duration.ofNanos(System.nanoTime() - lastAnswered);
  }

  /** Renews the lease by a lone SEQUENCE, where no request does. */
  void renew(Session now) {
    if (inFlight.isEmpty()) {
      now.slots.tryTake().ifPresent(slot -> submit(now, slot, NOTHING, false));
    }
  }

  /** Takes no request any more; answers the connections, which the caller closes; once. */
  Optional<List<RpcConnection>> end() {
    List<RpcConnection> open;
    List<Exchange> left;
    signal.lock();
    try {
      if (closed) {
        return Optional.empty();
      }
      closed = true;
      open = List.copyOf(connections);
      left = List.copyOf(unanswered);
      unanswered.clear();
    } finally {
      signal.unlock();
    }
    signal.wakeAll();
    for (Exchange exchange : left) {
      inFlight.remove(exchange);
      exchange.fail(new IOException("the disk is closed"), exchange.sends > 0);
    }
    return Optional.of(open);
  }
}
