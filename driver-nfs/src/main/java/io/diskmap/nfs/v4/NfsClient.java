package io.diskmap.nfs.v4;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.v4.Slots.Slot;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

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
 * <p>{@link Traffic} has the connections and the requests under way, {@link Repair} the session.
 */
public final class NfsClient implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration GRACE_PAUSE = Duration.ofMillis(500);
  private static final Duration GOODBYE = Duration.ofSeconds(1);
  private static final int MAX_REOPENS = 8;

  private final NfsConfig config;
  private final ExecutorService workers;
  private final ScheduledThreadPoolExecutor timer;
  private final Repair repair;
  private final Traffic traffic;
  private final AtomicLong owners = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> freeOwners = new ConcurrentLinkedQueue<>();

  /** A client that connects with its first request. */
  public NfsClient(NfsConfig config, ExecutorService workers) {
    this.config = config;
    this.workers = workers;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "diskmap-nfs-lease");
              thread.setDaemon(true);
              return thread;
            });
    this.repair = new Repair(config, workers, timer);
    this.traffic = repair.traffic();
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    long step = Math.max(20, Math.min(500, config.timeout().toMillis() / 4));
    timer.scheduleWithFixedDelay(this::tick, step, step, TimeUnit.MILLISECONDS);
  }

  /** Renews the lease, and ends connections that have fallen silent. */
  private void tick() {
    traffic.endSilent();
    repair.keepLease();
  }

  Traffic traffic() {
    return traffic;
  }

  /** A wait as the configuration says. */
  public Patience patience(Call call) {
    return config.hard() ? Patience.hard(call) : Patience.soft(call, config.timeout());
  }

  /** How long the server keeps what it knows of this client, once that is learned. */
  public void lease(Duration time) {
    repair.lease(time);
  }

  /** The minor version that client and server speak. */
  public int minorVersion() {
    return repair.minorVersion();
  }

  /** How often the server did not know this client: another number means a restart in between. */
  public long acquaintance() {
    return repair.acquaintance();
  }

  /** The most bytes of one READ or WRITE that the session has room for. */
  public int maxIo() {
    Session now = repair.last();
    return now == null
        ? config.maxIo()
        : Math.min(
            config.maxIo(),
            Math.min(now.limits.maxRequest(), now.limits.maxResponse()) - NfsConfig.HEADER_ROOM);
  }

  /** The most operations of one compound, SEQUENCE left out. */
  public int maxOps() {
    Session now = repair.last();
    return (now == null ? config.wanted() : now.limits).maxOps() - 1;
  }

  /** How many requests the session takes at once. */
  public int slots() {
    Session now = repair.last();
    return (now == null ? config.wanted() : now.limits).slots();
  }

  /** How many files the server holds open for this client. */
  public int openFiles() {
    return repair.opens.size();
  }

  /** How long the last connection took to be made. */
  public Duration connecting() {
    return traffic.connecting();
  }

  /** The session's id in hexadecimal digits; empty text where there was none yet. */
  public String sessionId() {
    Session now = repair.last();
    return now == null ? "" : HexFormat.of().formatHex(now.id);
  }

  /** How many connections there are at this moment. */
  public int openConnections() {
    return traffic.openConnections();
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
      Session now = repair.awaitReady(patience);
      Optional<T> result = tryOnce(now, request, patience);
      if (result.isPresent()) {
        return result.get();
      }
      if (patience.isOver()) {
        throw new NoAnswerException(false, "the server asked for patience until the end", null);
      }
      patience.pause(pause);
      pause = Repair.longer(pause, GRACE_PAUSE);
    }
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
    Exchange exchange = traffic.submit(now, slot.get(), request, false);
    return traffic.result(exchange, request, patience);
  }

  /**
   * Begins a compound without waiting, where a session and a slot are at hand; its {@link Pending}
   * has to be awaited or ended.
   */
  public <T> Pending<T> start(Request<T> request) {
    Session now = repair.usable();
    Optional<Slot> slot = now == null ? Optional.empty() : now.slots.tryTake();
    return new Pending<>(
        this,
        request,
        now == null || slot.isEmpty() ? null : traffic.submit(now, slot.get(), request, false));
  }

  /**
   * Sends a request without waiting for its reply, which the request takes late; nothing where
   * there is no session.
   */
  public void submit(Request<?> request) {
    Session now = repair.usable();
    if (now == null) {
      return;
    }
    Optional<Slot> slot = now.slots.tryTake();
    if (slot.isPresent()) {
      traffic.submit(now, slot.get(), request, false).giveUp();
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
      slot.ifPresent(free -> traffic.submit(now, free, request, false).giveUp());
    } catch (StorageException ended) {
      Thread.currentThread().interrupt();
    }
  }

  /** A number for the owner of an open, which no other open has. */
  public long takeOwner() {
    Long reused = freeOwners.poll();
    return reused == null ? owners.incrementAndGet() : reused;
  }

  /** Gives a number back that no open has any more, as the server has said. */
  public void giveOwner(long owner) {
    freeOwners.add(owner);
  }

  /**
   * Gives a number back where the refusal says that nothing was opened with it. Another open of the
   * same file with the number of an open that still stands would share its state and its end.
   */
  public void giveOwner(long owner, NfsStatusException refusal) {
    if (!refusal.isAfterChange()) {
      giveOwner(owner);
    }
  }

  /** Takes care of an open file until {@link #close(OpenFile)}. */
  public OpenFile adopt(FileHandle handle, OpenMode mode, long owner, StateId state) {
    OpenFile file = new OpenFile(handle, mode, owner, state);
    repair.opens.add(file);
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
        if (!Repair.isStateForgotten(e) || attempt >= MAX_REOPENS) {
          throw e;
        }
        reopen(file, used, patience);
      }
    }
  }

  private void reopen(OpenFile file, StateId used, Patience patience) throws IOException {
    if (file.state() == used) {
      file.state(call(Repair.openAgain(file, false), patience));
    }
  }

  /** Lets an open file go, without waiting. */
  public void close(OpenFile file) {
    if (repair.opens.remove(file)) {
      letGo(file.handle(), file.state(), file.owner());
    }
  }

  /** Ends an open that nobody has taken care of, without waiting; its number is free after that. */
  public void letGo(FileHandle handle, StateId state, long owner) {
    submit(
        Request.unawaited(
            Request.change(
                out -> out.putFh(handle).close(state),
                in -> {
                  in.putFh().close();
                  return owner;
                }),
            this::giveOwner));
  }

  /** Forgets an open file that was closed with another request. */
  public void closed(OpenFile file) {
    if (repair.opens.remove(file)) {
      giveOwner(file.owner());
    }
  }

  /** Ends the session and every exchange that waits; safe to repeat. */
  @Override
  public void close() {
    Optional<List<RpcConnection>> open = traffic.end();
    if (open.isEmpty()) {
      return;
    }
    timer.shutdownNow();
    Session last = repair.last();
    if (last != null) {
      last.slots.close();
      if (repair.isReady() && !last.isDead()) {
        open.get().stream()
            .filter(RpcConnection::isOpen)
            .findFirst()
            .ifPresent(wire -> part(wire, last));
      }
    }
    open.get().forEach(RpcConnection::close);
  }

  /** Tells the server that this client ends; one that does not answer finds out by the lease. */
  private void part(RpcConnection wire, Session last) {
    try {
      traffic.raw(wire, last.minorVersion, GOODBYE, out -> out.destroySession(last.id));
      traffic.raw(wire, last.minorVersion, GOODBYE, out -> out.destroyClientId(last.clientId));
    } catch (IOException leftToTheLease) {
      wire.end(leftToTheLease);
    }
  }
}
