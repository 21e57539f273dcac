package io.diskmap.nfs.v4;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.rpc.RpcException;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.net.ConnectException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The session of a client, and the task that mends it: connects anew, binds the connections, makes
 * another session where the server forgot this one, and claims the open files again.
 *
 * <p>Thread-safe. One task at a time mends, for as long as somebody waits for it. The client's lock
 * guards the fields that are not volatile.
 */
final class Repair implements Traffic.Recovery {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration UNKNOWN_LEASE = Duration.ofSeconds(15);
  private static final int RECLAIM_NEEDED = 0x100;
  private static final int STATE_REVOKED = 0x8 | 0x10 | 0x20;
  private static final int STATES_AT_ONCE = 64;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final NfsConfig config;
  private final ExecutorService workers;
  private final Traffic traffic;
  private final byte[] ownerId = random(24);
  private final byte[] bootVerifier = random(8);

  /** The files that the server holds open for this client. */
  final Set<OpenFile> opens = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Session session;
  private volatile boolean ready;
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

  Repair(NfsConfig config, ExecutorService workers, ScheduledExecutorService timer) {
    this.config = config;
    this.workers = workers;
    this.minorVersion = config.minorVersions().get(0);
    this.traffic = new Traffic(config, timer, this);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  Traffic traffic() {
    return traffic;
  }

  /** The session, where there is one that works at this moment; else null. */
  @Nullable Session usable() {
    Session now = session;
    return ready && now != null && !now.isDead() && !traffic.isClosed() ? now : null;
  }

  /** Whether the last session worked when it was last used. */
  boolean isReady() {
    return ready;
  }

  /** The last session there was. */
  @Nullable Session last() {
    return session;
  }

  int minorVersion() {
    return minorVersion;
  }

  long acquaintance() {
    return acquaintance;
  }

  void lease(Duration time) {
    lease = time;
  }

  /** Renews the lease where nothing else has for a third of it. */
  void keepLease() {
    Session now = session;
    if (now == null || traffic.sinceAnswer().compareTo(lease.dividedBy(3)) < 0) {
      return;
    }
    if (ready) {
      traffic.renew(now);
    } else {
      begin();
    }
  }

  /** The session, once there is one that works. */
  Session awaitReady(Patience patience) throws IOException {
    Session now = session;
    if (ready && now != null && !now.isDead()) {
      return now;
    }
    traffic.signal.lock();
    try {
      waiting++;
      long seen = repairs;
      startRepair();
      boolean done =
          traffic.signal.await(
              () -> traffic.isClosed() || isUsable() || (repairs > seen && mayGiveUp(patience)),
              patience);
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
      traffic.signal.unlock();
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
        || why instanceof SSLException
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
    if (traffic.isClosed()) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
  }

  /**
   * The server says that it has forgotten or revoked open files. Revoked ones are freed once in a
   * lease at most, because it says so until they are.
   */
  @Override
  public void heed(int flags) {
    if ((flags & RECLAIM_NEEDED) != 0 && !reclaimWanted) {
      reclaimWanted = true;
      begin();
    }
    boolean due = System.nanoTime() - freedAt > lease.toNanos();
    if ((flags & STATE_REVOKED) != 0 && !freeWanted && due) {
      freeWanted = true;
      begin();
    }
  }

  @Override
  public void begin() {
    traffic.signal.lock();
    try {
      startRepair();
    } finally {
      traffic.signal.unlock();
    }
  }

  /** Holding the lock. */
  private void startRepair() {
    if (repairing || traffic.isClosed() || isWhole()) {
      return;
    }
    ready = false;
    if (waiting == 0
        && !traffic.hasUnanswered()
        && !reclaimWanted
        && !freeWanted
        && opens.isEmpty()) {
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
        && !reclaimWanted
        && !freeWanted
        && traffic.isWhole();
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
      traffic.signal.lock();
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
        } else if (traffic.isClosed() || !isNeeded()) {
          repairing = false;
          return;
        }
      } finally {
        traffic.signal.unlock();
        traffic.signal.wakeAll();
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
    return patient && (waiting > 0 || traffic.hasUnanswered() || !opens.isEmpty());
  }

  /** Waits before the next attempt; false where the client is closed. */
  private boolean pauseRepair(Duration pause) {
    traffic.signal.lock();
    try {
      Patience patience = Patience.soft(Call.unbounded(CallContext.none()), pause);
      traffic.signal.await(() -> traffic.isClosed(), patience);
      if (traffic.isClosed()) {
        repairing = false;
      }
      return !traffic.isClosed();
    } catch (StorageException interrupted) {
      repairing = false;
      return false;
    } finally {
      traffic.signal.unlock();
    }
  }

  private void repairOnce() throws IOException {
    List<RpcConnection> fresh = traffic.connectMissing();
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
    traffic.resume(now);
  }

  private void bind(Session now, List<RpcConnection> fresh) throws IOException {
    for (RpcConnection each : fresh) {
      raw(each, out -> out.bindConnection(now.id)).ok(Op.BIND_CONN_TO_SESSION);
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
    List<RpcConnection> all = traffic.connections();
    RpcConnection first = all.get(0);
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
    Session fresh = new Session(made.session(), clientId, minorVersion, made.limits());
    bind(fresh, all.subList(1, all.size()));
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
          file.state(traffic.internal(now, openAgain(file, true)));
        } catch (NfsStatusException keptForLater) {
          file.state(StateId.CURRENT);
        }
      }
      try {
        traffic.internal(
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
          traffic.internal(now, Request.of(out -> out.testStates(states), OpReader::testStates));
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
      traffic.internal(
          now, Request.repeatableChange(out -> out.freeState(state), in -> in.ok(Op.FREE_STATEID)));
    } catch (NfsStatusException e) {
      if (!isStateForgotten(e)) {
        throw e;
      }
    }
  }

  static Request<StateId> openAgain(OpenFile file, boolean reclaim) {
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

  static boolean isStateForgotten(NfsStatusException e) {
    return e.isAny(
        Status.BAD_STATEID,
        Status.STALE_STATEID,
        Status.OLD_STATEID,
        Status.EXPIRED,
        Status.ADMIN_REVOKED,
        Status.DELEG_REVOKED);
  }

  private OpReader raw(RpcConnection wire, Request.Encoder operations) throws IOException {
    return traffic.raw(wire, minorVersion, config.timeout(), operations);
  }

  static Duration longer(Duration pause, Duration most) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(most) < 0 ? twice : most;
  }
}
