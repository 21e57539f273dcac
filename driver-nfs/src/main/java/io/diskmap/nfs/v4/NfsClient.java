package io.diskmap.nfs.v4;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.ConnectionLostException;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.rpc.RpcException;
import io.diskmap.nfs.rpc.RpcMessages;
import io.diskmap.nfs.v4.OpReader.SequenceResult;
import io.diskmap.nfs.v4.Slots.Slot;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrWriter;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server: executes compounds exactly once over a session, whatever breaks between.
 *
 * <p>Thread-safe. Every request goes through a slot of the session. What can break, and what
 * happens then:
 *
 * <ul>
 *   <li>A connection is lost: a task connects anew, binds the connection to the session, and sends
 *       every unanswered request again with its old slot and number, so the server answers from its
 *       memory what it has executed already. A request that nobody waits for any more is not sent
 *       again; a lone SEQUENCE with the same number settles its slot.
 *   <li>The server has forgotten the session (its lease ended, or the server was restarted): a new
 *       session is made; if the client id is new too, every open file is reclaimed. Requests that
 *       do no harm twice are then executed on the new session. For the others {@link
 *       NoAnswerException} says that they may have been executed, and the caller looks.
 *   <li>The server is within its grace period, or asks for patience: the request waits and is
 *       executed again, as long as nothing of it was executed before.
 * </ul>
 *
 * <p>The lock guards the fields that say so; it is never held while anything waits for the server.
 */
public final class NfsClient implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration GRACE_PAUSE = Duration.ofMillis(500);
  private static final Duration GOODBYE = Duration.ofSeconds(1);
  private static final Duration UNKNOWN_LEASE = Duration.ofSeconds(15);
  private static final int RECLAIM_NEEDED = 0x100;
  private static final int STATE_REVOKED = 0x8 | 0x10 | 0x20;
  private static final int STATES_AT_ONCE = 64;

  /** After so many timeouts a request counts as forgotten though the connection is busy. */
  private static final int FORGOTTEN = 4;

  private static final int MAX_REOPENS = 8;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Request<Boolean> NOTHING = Request.of(out -> {}, in -> true);

  private final NfsConfig config;
  private final ExecutorService workers;
  private final ScheduledThreadPoolExecutor timer;
  private final byte[] ownerId = random(24);
  private final byte[] bootVerifier = random(8);
  private final AtomicInteger xids = new AtomicInteger(RANDOM.nextInt());
  private final AtomicLong owners = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> freeOwners = new ConcurrentLinkedQueue<>();
  private final Set<Exchange> inFlight = ConcurrentHashMap.newKeySet();
  private final Set<OpenFile> opens = ConcurrentHashMap.newKeySet();
  private final AtomicInteger nextConnection = new AtomicInteger();

  private final Signal signal = new Signal();

  /** Guarded by the lock. */
  private final List<RpcConnection> connections = new ArrayList<>();

  /** Guarded by the lock: unanswered requests whose connection is lost. */
  private final List<Exchange> unanswered = new ArrayList<>();

  private volatile @Nullable Session session;
  private volatile boolean ready;
  private volatile boolean closed;
  private volatile boolean everReady;
  private boolean repairing;
  private int waiting;
  private @Nullable IOException refusal;
  private long repairs;

  private volatile int minorVersion;
  private volatile long clientId;
  private volatile boolean hasClientId;
  private volatile long acquaintance;
  private int createSequence;
  private volatile boolean reclaimWanted;
  private volatile boolean freeWanted;
  private volatile long freedAt = System.nanoTime() - UNKNOWN_LEASE.multipliedBy(1000).toNanos();
  private volatile Duration lease = UNKNOWN_LEASE;
  private volatile long lastAnswered = System.nanoTime();

  /** A client that connects with its first request. */
  public NfsClient(NfsConfig config, ExecutorService workers) {
    this.config = config;
    this.workers = workers;
    this.minorVersion = config.minorVersions().get(0);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "diskmap-nfs-lease");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    long step = Math.max(20, Math.min(500, config.timeout().toMillis() / 4));
    timer.scheduleWithFixedDelay(this::tick, step, step, TimeUnit.MILLISECONDS);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** A wait as the configuration says. */
  public Patience patience(Call call) {
    return config.hard() ? Patience.hard(call) : Patience.soft(call, config.timeout());
  }

  /** How long the server keeps what it knows of this client, once that is learned. */
  public void lease(Duration time) {
    lease = time;
  }

  /** The minor version that client and server speak. */
  public int minorVersion() {
    return minorVersion;
  }

  /** How often the server did not know this client: another number means a restart in between. */
  public long acquaintance() {
    return acquaintance;
  }

  /** The most bytes of one READ or WRITE that the session has room for. */
  public int maxIo() {
    Session now = session;
    return now == null
        ? config.maxIo()
        : Math.min(
            config.maxIo(),
            Math.min(now.limits.maxRequest(), now.limits.maxResponse()) - NfsConfig.HEADER_ROOM);
  }

  /** The most operations of one compound, SEQUENCE left out. */
  public int maxOps() {
    Session now = session;
    return (now == null ? config.wanted() : now.limits).maxOps() - 1;
  }

  /** How many requests the session takes at once. */
  public int slots() {
    Session now = session;
    return (now == null ? config.wanted() : now.limits).slots();
  }

  /** How many connections there are at this moment. */
  public int openConnections() {
    signal.lock();
    try {
      return (int) connections.stream().filter(RpcConnection::isOpen).count();
    } finally {
      signal.unlock();
    }
  }

  /** How many files the server holds open for this client. */
  public int openFiles() {
    return opens.size();
  }

  /**
   * Executes a compound and answers what its results make.
   *
   * @throws NfsStatusException the server refused an operation
   * @throws NoAnswerException no reply came in time
   * @throws StorageException the call ended
   */
  public <T> T call(Request<T> request, Patience patience) throws IOException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      Session now = awaitReady(patience);
      Optional<T> result = tryOnce(now, request, patience);
      if (result.isPresent()) {
        return result.get();
      }
      if (patience.isOver()) {
        throw new NoAnswerException(false, "the server asked for patience until the end", null);
      }
      patience.pause(pause);
      pause = longer(pause, GRACE_PAUSE);
    }
  }

  /**
   * Begins a compound without waiting, where a session and a slot are at hand; its {@link Pending}
   * has to be awaited or ended.
   */
  public <T> Pending<T> start(Request<T> request) {
    Session now = session;
    if (ready && now != null && !now.isDead() && !closed) {
      Optional<Slot> slot = now.slots.tryTake();
      if (slot.isPresent()) {
        return new Pending<>(this, request, submit(now, slot.get(), request, false));
      }
    }
    return new Pending<>(this, request, null);
  }

  /** One execution; empty where it was not executed and may be tried again. */
  private <T> Optional<T> tryOnce(Session now, Request<T> request, Patience patience)
      throws IOException {
    Optional<Slot> slot = now.slots.take(patience);
    if (slot.isEmpty()) {
      if (!now.isDead() && patience.isOver()) {
        throw new NoAnswerException(false, "no slot of the session came free in time", null);
      }
      return Optional.empty();
    }
    Exchange exchange = submit(now, slot.get(), request, false);
    return result(exchange, request, patience);
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

  /** Sends a request without waiting for its reply; nothing where there is no session. */
  public void submit(Request<?> request) {
    Session now = session;
    if (!ready || now == null || closed) {
      return;
    }
    Optional<Slot> slot = now.slots.tryTake();
    if (slot.isPresent()) {
      submit(now, slot.get(), request, false);
      return;
    }
    try {
      workers.execute(() -> submitWaiting(now, request));
    } catch (RejectedExecutionException closing) {
      now.slots.tryTake().ifPresent(now.slots::give);
    }
  }

  private void submitWaiting(Session now, Request<?> request) {
    try {
      Call call = Call.unbounded(CallContext.none());
      Optional<Slot> slot = now.slots.take(Patience.soft(call, config.timeout()));
      slot.ifPresent(free -> submit(now, free, request, false));
    } catch (StorageException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private Exchange submit(Session now, Slot slot, Request<?> request, boolean internal) {
    int xid = xids.incrementAndGet();
    XdrWriter out = new XdrWriter();
    RpcMessages.writeCall(
        out, xid, RawCall.PROGRAM, RawCall.VERSION, RawCall.COMPOUND, config.credential());
    OpWriter ops = new OpWriter(out, minorVersion, now.clientId);
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

  /** The server executed the compound and told what came of it. */
  void answered(Exchange exchange, SequenceResult result, OpReader ops) {
    inFlight.remove(exchange);
    Slots slots = exchange.session.slots;
    exchange.slot.sequence++;
    slots.limit(result.targetSlot() + 1);
    slots.give(exchange.slot);
    lastAnswered = System.nanoTime();
    if (result.flags() != 0 && !exchange.internal) {
      heed(result.flags());
    }
    exchange.answer(ops);
  }

  /**
   * The server says that it has forgotten or revoked open files. Revoked ones are freed once in a
   * lease at most, because it says so until they are.
   */
  private void heed(int flags) {
    if ((flags & RECLAIM_NEEDED) != 0 && !reclaimWanted) {
      reclaimWanted = true;
      beginRepair();
    }
    boolean due = System.nanoTime() - freedAt > lease.toNanos();
    if ((flags & STATE_REVOKED) != 0 && !freeWanted && due) {
      freeWanted = true;
      beginRepair();
    }
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
        beginRepair();
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
          beginRepair();
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
      beginRepair();
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
      timer.schedule(task, 100, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      task.run();
    }
  }

  /** The session, once there is one that works. */
  private Session awaitReady(Patience patience) throws IOException {
    Session now = session;
    if (ready && now != null && !now.isDead()) {
      return now;
    }
    signal.lock();
    try {
      waiting++;
      long seen = repairs;
      startRepair();
      boolean done =
          signal.await(
              () -> closed || isUsable() || (repairs > seen && mayGiveUp(patience)), patience);
      requireNotClosed();
      Session found = session;
      if (done && isUsable() && found != null) {
        return found;
      }
      IOException why = refusal;
      throw new NoAnswerException(
          false, why == null ? "no connection in time" : String.valueOf(why.getMessage()), why);
    } finally {
      waiting--;
      signal.unlock();
    }
  }

  private boolean isUsable() {
    Session now = session;
    return ready && now != null && !now.isDead();
  }

  /**
   * A soft exchange does not wait for a server that was never reached, nor for long for one that
   * refuses; a hard one waits for all that can pass.
   */
  private boolean mayGiveUp(Patience patience) {
    if (config.hard() && !isForGood(refusal)) {
      return false;
    }
    boolean refused = refusal instanceof ConnectException && patience.isHalfOver();
    return !everReady || !repairing || refused;
  }

  /** Whether the server would refuse the next attempt too. */
  private static boolean isForGood(@Nullable IOException why) {
    return why instanceof RpcException
        || why instanceof XdrException
        || (why instanceof NfsStatusException status
            && !status.isAny(
                Status.DELAY,
                Status.GRACE,
                Status.STALE_CLIENTID,
                Status.BADSESSION,
                Status.DEADSESSION,
                Status.CONN_NOT_BOUND_TO_SESSION));
  }

  private void requireNotClosed() throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
  }

  private void beginRepair() {
    signal.lock();
    try {
      startRepair();
    } finally {
      signal.unlock();
    }
  }

  /** Holding the lock. */
  private void startRepair() {
    if (repairing || closed || isWhole()) {
      return;
    }
    ready = false;
    if (waiting == 0 && unanswered.isEmpty() && !reclaimWanted && !freeWanted && opens.isEmpty()) {
      return;
    }
    repairing = true;
    try {
      workers.execute(this::repair);
    } catch (RejectedExecutionException closing) {
      repairing = false;
    }
  }

  /** Holding the lock: whether nothing is to be repaired. */
  private boolean isWhole() {
    Session now = session;
    return ready
        && now != null
        && !now.isDead()
        && unanswered.isEmpty()
        && !reclaimWanted
        && !freeWanted
        && connections.stream().allMatch(RpcConnection::isOpen);
  }

  private void repair() {
    Duration pause = FIRST_PAUSE;
    while (true) {
      IOException failure = null;
      try {
        repairOnce();
      } catch (IOException e) {
        failure = e;
      } catch (RuntimeException e) {
        failure = new IOException("the session cannot be made", e);
      }
      signal.lock();
      try {
        repairs++;
        refusal = failure;
        if (failure == null) {
          ready = true;
          everReady = true;
          if (isWhole()) {
            repairing = false;
            return;
          }
          ready = false;
        } else if (closed || !isNeeded()) {
          repairing = false;
          return;
        }
      } finally {
        signal.unlock();
        signal.wakeAll();
      }
      if (failure != null && !pauseRepair(pause)) {
        return;
      }
      pause = failure == null ? FIRST_PAUSE : longer(pause, LONGEST_PAUSE);
    }
  }

  /** Holding the lock: whether anybody waits for the repair. */
  private boolean isNeeded() {
    boolean patient = everReady || (config.hard() && !isForGood(refusal));
    return patient && (waiting > 0 || !unanswered.isEmpty() || !opens.isEmpty());
  }

  /** Waits before the next attempt; false where the client is closed. */
  private boolean pauseRepair(Duration pause) {
    signal.lock();
    try {
      Patience patience = Patience.soft(Call.unbounded(CallContext.none()), pause);
      signal.await(() -> closed, patience);
      if (closed) {
        repairing = false;
      }
      return !closed;
    } catch (StorageException interrupted) {
      repairing = false;
      return false;
    } finally {
      signal.unlock();
    }
  }

  private static Duration longer(Duration pause, Duration most) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(most) < 0 ? twice : most;
  }

  private void repairOnce() throws IOException {
    List<RpcConnection> fresh = connectMissing();
    Session now = session;
    if (now != null && !now.isDead()) {
      try {
        bind(now, fresh);
      } catch (NfsStatusException e) {
        now.die();
      }
    }
    if (now == null || now.isDead()) {
      now = makeSession();
    }
    if (reclaimWanted) {
      reclaim(now);
    }
    if (freeWanted) {
      freeRevoked(now);
    }
    resume(now);
  }

  private List<RpcConnection> connectMissing() throws IOException {
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
      RpcConnection made =
          RpcConnection.connect(
              config.host(),
              config.port(),
              config.timeout(),
              "diskmap-nfs-reader",
              config.maxReply(),
              this::beginRepair);
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

  private void bind(Session now, List<RpcConnection> fresh) throws IOException {
    for (RpcConnection each : fresh) {
      raw(each, out -> out.bindConnection(now.id)).ok(Op.BIND_CONN_TO_SESSION);
    }
  }

  private OpReader raw(RpcConnection wire, Request.Encoder operations) throws IOException {
    try {
      return RawCall.execute(
          wire, config, minorVersion, xids.incrementAndGet(), config.timeout(), operations);
    } catch (SocketTimeoutException e) {
      wire.end(e);
      throw e;
    }
  }

  /** Makes a session, once more where the server forgot the client id in between. */
  private Session makeSession() throws IOException {
    try {
      return makeSessionOnce();
    } catch (NfsStatusException e) {
      if (!e.isAny(Status.STALE_CLIENTID)) {
        throw e;
      }
      return makeSessionOnce();
    }
  }

  private Session makeSessionOnce() throws IOException {
    RpcConnection first;
    List<RpcConnection> others;
    signal.lock();
    try {
      if (connections.isEmpty()) {
        throw new ConnectionLostException("the connection broke at once", null);
      }
      first = connections.get(0);
      others = List.copyOf(connections.subList(1, connections.size()));
    } finally {
      signal.unlock();
    }
    OpReader.ClientIdResult client = exchangeId(first);
    if (!client.confirmed() || !hasClientId || client.clientId() != clientId) {
      clientId = client.clientId();
      createSequence = client.sequence();
      hasClientId = true;
      acquaintance = acquaintance + 1;
      reclaimWanted = true;
    }
    SessionLimits wanted = config.wanted();
    OpReader.SessionResult made;
    try {
      made =
          raw(first, out -> out.createSession(clientId, createSequence, wanted))
              .createSession(wanted);
      createSequence++;
    } catch (NfsStatusException e) {
      hasClientId = false;
      throw e;
    }
    Session fresh = new Session(made.session(), clientId, made.limits());
    bind(fresh, others);
    session = fresh;
    return fresh;
  }

  private OpReader.ClientIdResult exchangeId(RpcConnection wire) throws IOException {
    for (int i = config.minorVersions().indexOf(minorVersion); ; i++) {
      minorVersion = config.minorVersions().get(i);
      try {
        return raw(wire, out -> out.exchangeId(ownerId, bootVerifier)).exchangeId();
      } catch (NfsStatusException e) {
        if (!e.isAny(Status.MINOR_VERS_MISMATCH) || i + 1 >= config.minorVersions().size()) {
          throw e;
        }
      }
    }
  }

  /** Tells the server which files were open, and that there are no more. */
  private void reclaim(Session now) throws IOException {
    reclaimWanted = false;
    boolean done = false;
    try {
      for (OpenFile file : opens) {
        try {
          file.state(internal(now, openAgain(file, true)));
        } catch (NfsStatusException keptForLater) {
          file.state(StateId.CURRENT);
        }
      }
      try {
        internal(
            now,
            Request.change(
                OpWriter::reclaimComplete,
                in -> {
                  in.ok(Op.RECLAIM_COMPLETE);
                  return true;
                }));
      } catch (NfsStatusException e) {
        if (!e.isAny(Status.COMPLETE_ALREADY)) {
          throw e;
        }
      }
      done = true;
    } finally {
      reclaimWanted |= !done;
    }
  }

  /** Frees the states that the server has revoked; their files are opened anew when next used. */
  private void freeRevoked(Session now) throws IOException {
    freedAt = System.nanoTime();
    freeWanted = false;
    List<OpenFile> all = List.copyOf(opens);
    for (int from = 0; from < all.size(); from += STATES_AT_ONCE) {
      List<OpenFile> some = all.subList(from, Math.min(all.size(), from + STATES_AT_ONCE));
      List<StateId> states = some.stream().map(OpenFile::state).toList();
      int[] statuses =
          internal(now, Request.of(out -> out.testStates(states), OpReader::testStates));
      for (int i = 0; i < Math.min(statuses.length, states.size()); i++) {
        if (statuses[i] != 0) {
          free(now, states.get(i));
          some.get(i).state(StateId.CURRENT);
        }
      }
    }
  }

  private void free(Session now, StateId state) throws IOException {
    try {
      internal(
          now, Request.repeatableChange(out -> out.freeState(state), in -> in.ok(Op.FREE_STATEID)));
    } catch (NfsStatusException e) {
      if (!isStateForgotten(e)) {
        throw e;
      }
    }
  }

  private static Request<StateId> openAgain(OpenFile file, boolean reclaim) {
    return Request.change(
        out -> {
          out.putFh(file.handle());
          if (reclaim) {
            out.reclaim(file.mode(), file.owner());
          } else {
            out.openHandle(file.mode(), file.owner());
          }
        },
        in -> in.putFh().open());
  }

  /** Executes a request of the repair itself. */
  private <T> T internal(Session now, Request<T> request) throws IOException {
    Patience patience = Patience.soft(Call.unbounded(CallContext.none()), config.timeout());
    Slot slot =
        now.slots
            .take(patience)
            .orElseThrow(() -> new ConnectionLostException("the session ended again", null));
    Exchange exchange = submit(now, slot, request, true);
    return result(exchange, request, patience)
        .orElseThrow(() -> new ConnectionLostException("the session ended again", null));
  }

  /** Sends again what was not answered, and settles the slots in doubt. */
  private void resume(Session now) {
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

  /** Renews the lease, and ends connections that have fallen silent. */
  private void tick() {
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
    Session current = session;
    if (now - lastAnswered < lease.toNanos() / 3 || current == null) {
      return;
    }
    if (!ready) {
      beginRepair();
    } else if (inFlight.isEmpty()) {
      current.slots.tryTake().ifPresent(slot -> submit(current, slot, NOTHING, false));
    }
  }

  /** A number for the owner of an open, which no other open has. */
  public long takeOwner() {
    Long reused = freeOwners.poll();
    return reused == null ? owners.incrementAndGet() : reused;
  }

  /** Gives a number back that no open has any more. */
  public void giveOwner(long owner) {
    freeOwners.add(owner);
  }

  /** Takes care of an open file until {@link #close(OpenFile)}. */
  public OpenFile adopt(FileHandle handle, OpenMode mode, long owner, StateId state) {
    OpenFile file = new OpenFile(handle, mode, owner, state);
    opens.add(file);
    return file;
  }

  /**
   * Executes a compound that uses an open file's state; opens it again where the server has
   * forgotten it.
   */
  public <T> T call(OpenFile file, Request<T> request, Patience patience) throws IOException {
    for (int attempt = 1; ; attempt++) {
      StateId used = file.state();
      try {
        return call(request, patience);
      } catch (NfsStatusException e) {
        if (!isStateForgotten(e) || attempt >= MAX_REOPENS) {
          throw e;
        }
        reopen(file, used, patience);
      }
    }
  }

  private static boolean isStateForgotten(NfsStatusException e) {
    return e.isAny(
        Status.BAD_STATEID,
        Status.STALE_STATEID,
        Status.OLD_STATEID,
        Status.EXPIRED,
        Status.ADMIN_REVOKED,
        Status.DELEG_REVOKED);
  }

  private void reopen(OpenFile file, StateId used, Patience patience) throws IOException {
    if (file.state() == used) {
      file.state(call(openAgain(file, false), patience));
    }
  }

  /** Lets an open file go, without waiting. */
  public void close(OpenFile file) {
    if (opens.remove(file)) {
      StateId state = file.state();
      submit(
          Request.change(
              out -> out.putFh(file.handle()).close(state),
              in -> {
                in.putFh().close();
                return true;
              }));
      giveOwner(file.owner());
    }
  }

  /** Forgets an open file that was closed with another request. */
  public void closed(OpenFile file) {
    if (opens.remove(file)) {
      giveOwner(file.owner());
    }
  }

  /** Ends the session and every exchange that waits; safe to repeat. */
  @Override
  public void close() {
    List<RpcConnection> open;
    List<Exchange> left;
    signal.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(connections);
      left = List.copyOf(unanswered);
      unanswered.clear();
    } finally {
      signal.unlock();
    }
    signal.wakeAll();
    timer.shutdownNow();
    Session last = session;
    if (last != null) {
      last.slots.close();
      if (ready && !last.isDead()) {
        open.stream().filter(RpcConnection::isOpen).findFirst().ifPresent(w -> part(w, last));
      }
    }
    open.forEach(RpcConnection::close);
    for (Exchange exchange : left) {
      inFlight.remove(exchange);
      exchange.fail(new IOException("the disk is closed"), exchange.sends > 0);
    }
  }

  /** Tells the server that this client ends; one that does not answer finds out by the lease. */
  private void part(RpcConnection wire, Session last) {
    try {
      RawCall.execute(
          wire,
          config,
          minorVersion,
          xids.incrementAndGet(),
          GOODBYE,
          out -> out.destroySession(last.id));
      RawCall.execute(
          wire,
          config,
          minorVersion,
          xids.incrementAndGet(),
          GOODBYE,
          out -> out.destroyClientId(last.clientId));
    } catch (IOException leftToTheLease) {
      wire.end(leftToTheLease);
    }
  }
}
