package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the results of one compound, in the order of its operations. For one thread.
 *
 * <p>Each method answers the result of one operation, or throws the status with which the server
 * refused it.
 */
public final class OpReader {
  private static final int MAX_TAG = 1024;
  private static final int MAX_OPS = 1024;
  private static final int MAX_NAME = 4096;
  private static final int MAX_PAYLOAD = 16 << 20;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_STATES = 256;
  private static final int VERIFIER = 8;
  private static final int GSS = 6;
  private static final int FH_WANT_NOTHING = 0;

  private final XdrReader in;
  private final int payload;
  private final int status;
  private int left;
  private boolean changed;
  private int lastOp;

  /**
   * Reads the header of a compound's results.
   *
   * @param payload how many bytes of a READ went elsewhere
   */
  OpReader(XdrReader in, int payload) throws XdrException {
    this.in = in;
    this.payload = payload;
    this.status = in.int32();
    in.skipOpaque(MAX_TAG);
    this.left = in.count(MAX_OPS, 8);
  }

  /** Begins the result of an operation; throws its status where it failed. */
  private void begin(int op) throws XdrException, NfsStatusException {
    if (left == 0) {
      if (status != 0) {
        throw new NfsStatusException(status, lastOp, changed);
      }
      throw new XdrException("the result of " + Op.name(op) + " is missing");
    }
    left--;
    int answered = in.int32();
    int result = in.int32();
    if (answered != op && !(answered == 10044 && result != 0)) {
      throw new XdrException(
          "the result of " + Op.name(answered) + " stands in the place of " + Op.name(op));
    }
    lastOp = op;
    if (result != 0) {
      throw new NfsStatusException(result, op, changed);
    }
    changed |= Op.isChange(op);
  }

  /** The result of the operation that takes a slot. */
  SequenceResult sequence() throws XdrException, NfsStatusException {
    begin(Op.SEQUENCE);
    byte[] session = in.fixed(16);
    return new SequenceResult(
        session, in.int32(), in.int32(), in.uint32(), in.uint32(), in.int32());
  }

  /** The results of operations that answer their status alone. */
  public OpReader ok(int... ops) throws XdrException, NfsStatusException {
    for (int op : ops) {
      begin(op);
    }
    return this;
  }

  /** PUTFH. */
  public OpReader putFh() throws XdrException, NfsStatusException {
    return ok(Op.PUTFH);
  }

  /** PUTROOTFH. */
  public OpReader putRootFh() throws XdrException, NfsStatusException {
    return ok(Op.PUTROOTFH);
  }

  /** LOOKUP, so many times. */
  public OpReader lookup(int times) throws XdrException, NfsStatusException {
    for (int i = 0; i < times; i++) {
      begin(Op.LOOKUP);
    }
    return this;
  }

  /** VERIFY of a directory. */
  public OpReader requireDirectory() throws XdrException, NfsStatusException {
    return ok(Op.VERIFY);
  }

  /** NVERIFY of a directory. */
  public OpReader refuseDirectory() throws XdrException, NfsStatusException {
    return ok(Op.NVERIFY);
  }

  /** SAVEFH. */
  public OpReader saveFh() throws XdrException, NfsStatusException {
    return ok(Op.SAVEFH);
  }

  /** RESTOREFH. */
  public OpReader restoreFh() throws XdrException, NfsStatusException {
    return ok(Op.RESTOREFH);
  }

  /** GETFH. */
  public FileHandle getFh() throws XdrException, NfsStatusException {
    begin(Op.GETFH);
    return FileHandle.read(in);
  }

  /** GETATTR. */
  public Attributes getAttr() throws XdrException, NfsStatusException {
    begin(Op.GETATTR);
    return Attributes.read(in);
  }

  /** SETATTR. */
  public OpReader setAttr() throws XdrException, NfsStatusException {
    begin(Op.SETATTR);
    in.ints(8);
    return this;
  }

  /** OPEN: the open file's state. */
  public StateId open() throws XdrException, NfsStatusException {
    begin(Op.OPEN);
    StateId state = StateId.read(in);
    changeInfo();
    in.int32();
    in.ints(8);
    int delegation = in.int32();
    switch (delegation) {
      case 0 -> {}
      case 3 -> {
        int why = in.int32();
        if (why == 1 || why == 2) {
          in.bool();
        }
      }
      default -> throw new XdrException("a delegation came that was not wanted");
    }
    return state;
  }

  /** CLOSE. */
  public OpReader close() throws XdrException, NfsStatusException {
    begin(Op.CLOSE);
    in.int32();
    in.fixed(12);
    return this;
  }

  /** READ into a buffer: how many bytes came, and whether the file ends there. */
  public ReadResult read(ByteBuffer target) throws XdrException, NfsStatusException {
    begin(Op.READ);
    boolean end = in.bool();
    if (payload > 0) {
      int length = in.length(MAX_PAYLOAD);
      if (length != payload) {
        throw new XdrException("a read announces " + length + " bytes and has " + payload);
      }
      in.skip(-length & 3);
      return new ReadResult(length, end);
    }
    ByteBuffer bytes = in.view(MAX_PAYLOAD);
    int length = bytes.remaining();
    if (length > target.remaining()) {
      throw new XdrException("a read has more bytes than were asked for");
    }
    target.put(bytes);
    return new ReadResult(length, end);
  }

  /** READ: the bytes, at most this many, as a view of the reply. */
  public ByteBuffer readView(int most) throws XdrException, NfsStatusException {
    begin(Op.READ);
    in.bool();
    return in.view(most);
  }

  /** WRITE: how many bytes were taken, and the server's mark of its memory. */
  public WriteResult write() throws XdrException, NfsStatusException {
    begin(Op.WRITE);
    int count = in.length(MAX_PAYLOAD);
    boolean durable = in.int32() != 0;
    return new WriteResult(count, durable, in.int64());
  }

  /** COMMIT: the server's mark of its memory. */
  public long commit() throws XdrException, NfsStatusException {
    begin(Op.COMMIT);
    return in.int64();
  }

  /** CREATE. */
  public OpReader create() throws XdrException, NfsStatusException {
    begin(Op.CREATE);
    changeInfo();
    in.ints(8);
    return this;
  }

  /** REMOVE. */
  public OpReader remove() throws XdrException, NfsStatusException {
    begin(Op.REMOVE);
    return changeInfo();
  }

  /** LINK. */
  public OpReader link() throws XdrException, NfsStatusException {
    begin(Op.LINK);
    return changeInfo();
  }

  /** RENAME. */
  public OpReader rename() throws XdrException, NfsStatusException {
    begin(Op.RENAME);
    changeInfo();
    return changeInfo();
  }

  /** READLINK. */
  public String readLink() throws XdrException, NfsStatusException {
    begin(Op.READLINK);
    return in.text(MAX_NAME);
  }

  /** READDIR: one page. */
  public DirectoryPage readDir() throws XdrException, NfsStatusException {
    begin(Op.READDIR);
    byte[] verifier = in.fixed(VERIFIER);
    List<DirectoryEntry> entries = new ArrayList<>();
    while (in.bool()) {
      if (entries.size() >= MAX_ENTRIES) {
        throw new XdrException("a page of a directory does not end");
      }
      long cookie = in.int64();
      byte[] name = in.opaque(MAX_NAME);
      entries.add(new DirectoryEntry(cookie, name, Attributes.read(in)));
    }
    return new DirectoryPage(verifier, entries, in.bool());
  }

  /** CLONE. */
  public OpReader cloneRange() throws XdrException, NfsStatusException {
    return ok(Op.CLONE);
  }

  /** COPY that was done before the answer: how many bytes, and the mark as of a WRITE. */
  public WriteResult copyRange() throws XdrException, NfsStatusException {
    begin(Op.COPY);
    if (in.int32() != 0) {
      throw new XdrException("a copy goes on behind the answer, which was not asked for");
    }
    long count = in.int64();
    boolean durable = in.int32() != 0;
    long verifier = in.int64();
    in.bool();
    in.bool();
    return new WriteResult(count, durable, verifier);
  }

  /** SECINFO: the kinds of security by their usual names. */
  public List<String> security() throws XdrException, NfsStatusException {
    begin(Op.SECINFO);
    List<String> kinds = new ArrayList<>();
    for (int left = in.count(MAX_OPS, 4); left > 0; left--) {
      int flavor = in.int32();
      if (flavor == GSS) {
        in.opaque(MAX_NAME);
        in.int32();
        int service = in.int32();
        kinds.add(service == 1 ? "krb5" : service == 2 ? "krb5i" : "krb5p");
      } else {
        kinds.add(flavor == 0 ? "none" : flavor == 1 ? "sys" : "flavor " + flavor);
      }
    }
    return kinds;
  }

  /** TEST_STATEID: a status for each state. */
  int[] testStates() throws XdrException, NfsStatusException {
    begin(Op.TEST_STATEID);
    return in.ints(MAX_STATES);
  }

  ClientIdResult exchangeId() throws XdrException, NfsStatusException {
    begin(Op.EXCHANGE_ID);
    long clientId = in.int64();
    int sequence = in.int32();
    int flags = in.int32();
    if (in.int32() != FH_WANT_NOTHING) {
      throw new XdrException("the server protects state, which was not asked for");
    }
    in.int64();
    in.opaque(MAX_NAME);
    in.opaque(MAX_NAME);
    for (int left = in.length(1); left > 0; left--) {
      in.opaque(MAX_NAME);
      in.opaque(MAX_NAME);
      in.int64();
      in.int32();
    }
    return new ClientIdResult(clientId, sequence, (flags & 0x80000000) != 0);
  }

  SessionResult createSession(SessionLimits wanted) throws XdrException, NfsStatusException {
    begin(Op.CREATE_SESSION);
    byte[] session = in.fixed(16);
    in.int32();
    in.int32();
    SessionLimits granted = SessionLimits.read(in, wanted);
    return new SessionResult(session, granted);
  }

  private OpReader changeInfo() throws XdrException {
    in.bool();
    in.int64();
    in.int64();
    return this;
  }

  /** What SEQUENCE answers. */
  record SequenceResult(
      byte[] session, int sequence, int slot, long highestSlot, long targetSlot, int flags) {}

  /** What EXCHANGE_ID answers. */
  record ClientIdResult(long clientId, int sequence, boolean confirmed) {}

  /** What CREATE_SESSION answers. */
  record SessionResult(byte[] session, SessionLimits limits) {}

  /**
   * What READ answers.
   *
   * @param count how many bytes came
   * @param end whether the file ends behind them
   */
  public record ReadResult(int count, boolean end) {}

  /**
   * What WRITE answers.
   *
   * @param count how many bytes were taken
   * @param durable whether they are on stable storage
   * @param verifier another one later means that bytes which are not may be lost
   */
  public record WriteResult(long count, boolean durable, long verifier) {}

  /**
   * One name of a directory.
   *
   * @param cookie where the next page goes on
   * @param name as stored
   * @param attributes of what it names
   */
  public record DirectoryEntry(long cookie, byte[] name, Attributes attributes) {}

  /**
   * A page of a directory.
   *
   * @param verifier goes with the cookie
   * @param entries in the server's order
   * @param end whether the directory ends here
   */
  public record DirectoryPage(byte[] verifier, List<DirectoryEntry> entries, boolean end) {}
}
