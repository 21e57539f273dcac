package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection with a session and a share on it, and any number of requests in flight.
 *
 * <p>Thread-safe. The thread that asks encodes and protects its own requests; the connection's
 * thread opens the answers and decodes them straight into the memory of those who wait. Requests of
 * a compound that begins with an open use the file that it opens.
 */
public final class SmbConnection implements AutoCloseable {
  private record Slot(Exchange exchange, int index) {}

  private final Login.Ready session;
  private final Socket socket;
  private final Credits credits;
  private final Frames frames;
  private final Map<Long, Slot> slots = new ConcurrentHashMap<>();
  private final Queue<FileId> toClose = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final Optional<ServerTime> time;
  private volatile Seal seal;

  private SmbConnection(
      Login.Ready session, LoginTransport.Left left, FrameBuffers buffers, long mostBytes) {
    this.session = session;
    this.socket = left.socket();
    this.credits = new Credits(left.credits(), left.nextId(), mostBytes);
    this.frames = new Frames(buffers, session);
    this.time = left.time();
    this.seal = session.first();
  }

  /**
   * Connects, logs in and opens the share.
   *
   * @param mostBytes how much may travel at once
   */
  public static SmbConnection open(
      LoginConfig config, FrameBuffers buffers, long mostBytes, Patience patience)
      throws IOException {
    Login.Ready ready = new Login(config, patience.time()).run();
    boolean opened = false;
    try {
      SmbConnection connection =
          new SmbConnection(ready, ready.transport().left(), buffers, mostBytes);
      ready.transport().handOver(connection.new Receiver());
      connection.connectShare(config, patience);
      opened = true;
      return connection;
    } finally {
      if (!opened) {
        ready.transport().abort();
      }
    }
  }

  private void connectShare(LoginConfig config, Patience patience) throws IOException {
    TreeConnect request = new TreeConnect(config.host(), config.share());
    TreeConnect.Tree tree = call(patience, request).of(request);
    if (!tree.isDisk()) {
      throw new LoginException(LoginException.Reason.SHARE, "the share is no disk");
    }
    frames.tree(tree.id());
    Seal forced = session.forced();
    seal = session.later();
    if (tree.wantsEncryption() && seal.headroom() == 0) {
      if (forced == null) {
        throw new LoginException(LoginException.Reason.ENCRYPTION, "the share asks for encryption");
      }
      seal = forced;
    }
    if (!config.mayBePlain() && seal.headroom() == 0) {
      throw new LoginException(LoginException.Reason.ENCRYPTION, "the session is not encrypted");
    }
  }

  /** Sends a compound and waits for its answers, whatever they are. */
  public Answers call(Patience patience, Request<?>... compound) throws IOException {
    return start(patience, compound).await(patience);
  }

  /** Sends a compound; the answers are awaited later. Waits for credits at most. */
  public Pending start(Patience patience, Request<?>... compound) throws IOException {
    patience.call().check();
    Exchange exchange = frames.exchange(compound);
    long first = credits.take(exchange.credits(), exchange.payload(), patience);
    send(exchange, first, compound);
    return new Pending(this, exchange);
  }

  private void send(Exchange exchange, long first, Request<?>... compound) throws IOException {
    underWay.incrementAndGet();
    ByteBuffer frame;
    try {
      frame = frames.frame(seal, first, credits.wanted(), compound);
    } catch (IOException e) {
      socket.end(e);
      ended(exchange);
      throw e;
    }
    long id = first;
    for (int i = 0; i < compound.length; i++) {
      slots.put(id, new Slot(exchange, i));
      id += frames.charge(compound[i]);
    }
    try {
      socket.send(frame, () -> frames.giveBack(frame));
    } catch (IOException e) {
      drop(exchange, first, compound);
      throw e;
    }
    if (!socket.isOpen()) {
      exchange.fail(new ConnectionLostException("the connection broke", null, true));
    }
  }

  private void drop(Exchange exchange, long first, Request<?>... compound) {
    long id = first;
    for (Request<?> request : compound) {
      slots.remove(id);
      id += frames.charge(request);
    }
    ended(exchange);
  }

  private void ended(Exchange exchange) {
    underWay.decrementAndGet();
    credits.done(exchange.credits(), exchange.payload());
  }

  void await(Exchange exchange, Patience patience) throws IOException {
    if (!exchange.await(patience)) {
      NoAnswerException late = new NoAnswerException("the server did not answer in time");
      if (socket.silence().compareTo(patience.time()) >= 0) {
        socket.end(late);
      }
      throw late;
    }
  }

  void abandon(Exchange exchange) {
    exchange.abandon().ifPresent(this::closeQuietly);
  }

  /** Lets a file go without waiting for an answer. */
  public void closeQuietly(FileId file) {
    toClose.add(file);
    closeWaiting();
  }

  private void closeWaiting() {
    for (FileId file = toClose.poll(); file != null; file = toClose.poll()) {
      long id = credits.takeAtOnce(1);
      if (id < 0) {
        if (socket.isOpen()) {
          toClose.add(file);
        }
        return;
      }
      Close close = new Close(file);
      Exchange exchange = frames.exchange(close);
      exchange.abandon();
      try {
        send(exchange, id, close);
      } catch (IOException goneWithTheConnection) {
        return;
      }
    }
  }

  /** Whether the connection has not ended. */
  public boolean isOpen() {
    return socket.isOpen();
  }

  /** For how long nothing came from the server. */
  public Duration silence() {
    return socket.silence();
  }

  /** How many compounds are under way. */
  public int underWay() {
    return underWay.get();
  }

  /** How many bytes one request may read. */
  public int maxRead() {
    return session.maxRead();
  }

  /** How many bytes one request may write. */
  public int maxWrite() {
    return session.maxWrite();
  }

  /** How many bytes of a directory one request may bring. */
  public int maxTransact() {
    return session.maxTransact();
  }

  /** The server's time now, or a little earlier. */
  public Optional<Instant> serverTime() {
    return time.map(ServerTime::now);
  }

  /** The dialect, such as {@code 3.1.1}. */
  public String dialect() {
    return session.dialect();
  }

  /** How messages are protected. */
  public String protection() {
    return seal.name();
  }

  /** How many credits can be spent at this moment. */
  public int credits() {
    return credits.available();
  }

  /** Ends the connection, and with it every request that is under way. */
  @Override
  public void close() {
    socket.close();
  }

  /** Takes what arrives, in the socket's thread. */
  private final class Receiver implements Socket.Receiver {
    @Override
    public void frame(byte[] bytes, int length) throws IOException {
      ByteBuffer all = seal.open(bytes, length);
      int at = 0;
      while (at <= all.limit() - Request.HEADER) {
        int next = all.getInt(at + Frames.NEXT);
        if (next < 0 || next > all.limit() - at) {
          throw new IOException("the server sent a message that is damaged");
        }
        int end = next == 0 ? all.limit() : at + next;
        message(all.slice(at, end - at).order(ByteOrder.LITTLE_ENDIAN));
        at = end;
      }
      if (!toClose.isEmpty()) {
        closeWaiting();
      }
    }

    private void message(ByteBuffer message) throws IOException {
      int status = message.getInt(Frames.STATUS);
      long id = message.getLong(Frames.MESSAGE_ID);
      if (id == -1) {
        return;
      }
      credits.granted(message.getShort(Frames.CREDITS) & 0xFFFF);
      boolean interim = status == NtStatus.PENDING && Frames.isAsync(message);
      if (SessionEnd.isEnd(status)) {
        refuse(id, status);
      } else if (!interim) {
        seal.verify(message);
        reply(id, status, message);
      }
    }

    private void refuse(long id, int status) throws IOException {
      String what = "the server has ended the session: " + NtStatus.name(status);
      Slot slot = slots.remove(id);
      if (slot != null) {
        slot.exchange().fail(new ConnectionLostException(what, null, slot.index() > 0));
      }
      throw new IOException(what);
    }

    private void reply(long id, int status, ByteBuffer message) {
      Slot slot = slots.remove(id);
      if (slot == null) {
        return;
      }
      Exchange.Progress progress = slot.exchange().reply(slot.index(), status, message);
      if (progress.isComplete()) {
        SmbConnection.this.ended(slot.exchange());
      }
      Optional<FileId> orphan = progress.orphan();
      orphan.ifPresent(toClose::add);
    }

    @Override
    public void ended(Throwable why) {
      List<Slot> left = new ArrayList<>();
      ConnectionLostException lost =
          new ConnectionLostException("the connection to the server broke", why, true);
      credits.end(lost);
      for (Long id : List.copyOf(slots.keySet())) {
        Slot slot = slots.remove(id);
        if (slot != null) {
          left.add(slot);
        }
      }
      left.forEach(slot -> slot.exchange().fail(lost));
    }
  }
}
