package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes the operations of one compound, in the order of the calls. For one thread. */
public final class OpWriter {
  private static final int FILE_SYNC = 2;
  private static final int CLAIM_NULL = 0;
  private static final int CLAIM_PREVIOUS = 1;
  private static final int CLAIM_FH = 4;
  private static final int OPEN_NOCREATE = 0;
  private static final int OPEN_CREATE = 1;
  private static final int GUARDED = 1;
  private static final int NO_DELEGATION = 0x400;
  private static final int SET_TO_SERVER_TIME = 0;
  private static final int DIRECTORY = 2;
  private static final int CALLBACK_PROGRAM = 0x40000000;

  private final XdrWriter out;
  private final long clientId;
  private final int countAt;
  private int count;

  /** Begins a compound behind the header of a call. */
  OpWriter(XdrWriter out, int minorVersion, long clientId) {
    this.out = out;
    this.clientId = clientId;
    out.int32(0).int32(minorVersion);
    this.countAt = out.mark();
    out.int32(0);
  }

  private XdrWriter op(int number) {
    count++;
    out.int32(number);
    return out;
  }

  /** Ends the compound. */
  void end() {
    out.patch(countAt, count);
  }

  /** Takes a slot of a session. */
  void sequence(byte[] session, int sequence, int slot, int highestSlot, boolean cacheReply) {
    op(Op.SEQUENCE).fixed(session).int32(sequence).int32(slot).int32(highestSlot).bool(cacheReply);
  }

  /** Makes a handle the current one. */
  public OpWriter putFh(FileHandle handle) {
    handle.write(op(Op.PUTFH));
    return this;
  }

  /** Makes the server's root the current handle. */
  public OpWriter putRootFh() {
    op(Op.PUTROOTFH);
    return this;
  }

  /** Goes to a name in the current directory. */
  public OpWriter lookup(String name) {
    op(Op.LOOKUP).text(name);
    return this;
  }

  /** Goes to a name in the current directory, as the server stores it. */
  public OpWriter lookup(byte[] name) {
    op(Op.LOOKUP).opaque(name);
    return this;
  }

  /** Goes down several names. */
  public OpWriter lookup(List<String> names) {
    names.forEach(this::lookup);
    return this;
  }

  /** Asks for the current handle. */
  public OpWriter getFh() {
    op(Op.GETFH);
    return this;
  }

  /** Keeps the current handle as the saved one. */
  public OpWriter saveFh() {
    op(Op.SAVEFH);
    return this;
  }

  /** Makes the saved handle the current one. */
  public OpWriter restoreFh() {
    op(Op.RESTOREFH);
    return this;
  }

  /** Asks what a version of a file is known by. */
  public OpWriter getAttr() {
    return getAttr(Attr.FILE);
  }

  OpWriter getAttr(int[] bitmap) {
    op(Op.GETATTR).ints(bitmap);
    return this;
  }

  /** Asks what the server tells about itself. */
  public OpWriter getServerAttr() {
    return getAttr(Attr.SERVER);
  }

  /** Goes on only where the current handle is a directory; else NOT_SAME. */
  public OpWriter requireDirectory() {
    return directoryType(Op.VERIFY);
  }

  /** Goes on only where the current handle is no directory; else SAME. */
  public OpWriter refuseDirectory() {
    return directoryType(Op.NVERIFY);
  }

  private OpWriter directoryType(int op) {
    op(op).ints(Attr.bitmap(Attr.TYPE)).opaque(new XdrWriter().int32(DIRECTORY).toByteArray());
    return this;
  }

  /** Asks whether a file that is read is still the same version. */
  public OpWriter getVersion() {
    return getAttr(Attr.VERSION);
  }

  /** Asks for a page of the current directory's names with their attributes. */
  public OpWriter readDir(long cookie, byte[] verifier, int maxBytes) {
    op(Op.READDIR).int64(cookie).fixed(verifier).int32(maxBytes).int32(maxBytes).ints(Attr.ENTRY);
    return this;
  }

  /** Asks for the text of the current symbolic link. */
  public OpWriter readLink() {
    op(Op.READLINK);
    return this;
  }

  private XdrWriter open(int access, long owner) {
    return op(Op.OPEN)
        .int32(0)
        .int32(access | NO_DELEGATION)
        .int32(0)
        .int64(clientId)
        .opaque(new XdrWriter().int64(owner).toByteArray());
  }

  /** Opens a file of the current directory; it becomes the current handle. */
  public OpWriter open(String name, OpenMode mode, long owner) {
    open(mode.access(), owner).int32(OPEN_NOCREATE).int32(CLAIM_NULL).text(name);
    return this;
  }

  /** Makes and opens a file that must not exist yet; it becomes the current handle. */
  public OpWriter openNew(String name, NewFile attributes, long owner) {
    open(OpenMode.READ_WRITE.access(), owner).int32(OPEN_CREATE).int32(GUARDED);
    attributes.write(out);
    out.int32(CLAIM_NULL).text(name);
    return this;
  }

  /** Opens the current handle. */
  public OpWriter openHandle(OpenMode mode, long owner) {
    open(mode.access(), owner).int32(OPEN_NOCREATE).int32(CLAIM_FH);
    return this;
  }

  /** Opens the current handle again as it was open before the server's restart. */
  OpWriter reclaim(OpenMode mode, long owner) {
    open(mode.access(), owner).int32(OPEN_NOCREATE).int32(CLAIM_PREVIOUS).int32(0);
    return this;
  }

  /** Ends an open. */
  public OpWriter close(StateId state) {
    state.write(op(Op.CLOSE).int32(0));
    return this;
  }

  /** Reads from the current file. */
  public OpWriter read(StateId state, long offset, int count) {
    state.write(op(Op.READ));
    out.int64(offset).int32(count);
    return this;
  }

  /**
   * Writes to the current file; durable says whether the bytes are on stable storage afterwards.
   */
  public OpWriter write(StateId state, long offset, boolean durable, ByteBuffer bytes) {
    state.write(op(Op.WRITE));
    out.int64(offset).int32(durable ? FILE_SYNC : 0).payload(bytes);
    return this;
  }

  /** Puts a range of the current file on stable storage; 0 bytes mean up to its end. */
  public OpWriter commit(long offset, int count) {
    op(Op.COMMIT).int64(offset).int32(count);
    return this;
  }

  /** Makes a directory in the current one; it becomes the current handle. */
  public OpWriter makeDirectory(String name, NewFile attributes) {
    op(Op.CREATE).int32(DIRECTORY).text(name);
    attributes.write(out);
    return this;
  }

  /** Removes a file, a link or an empty directory from the current directory. */
  public OpWriter remove(String name) {
    op(Op.REMOVE).text(name);
    return this;
  }

  /** The same with the name as the server stores it. */
  public OpWriter remove(byte[] name) {
    op(Op.REMOVE).opaque(name);
    return this;
  }

  /** Renames from the saved directory into the current one. */
  public OpWriter rename(String from, String to) {
    op(Op.RENAME).text(from).text(to);
    return this;
  }

  /** Gives the saved file a further name in the current directory. */
  public OpWriter link(String name) {
    op(Op.LINK).text(name);
    return this;
  }

  /** Sets the current file's permission bits. */
  public OpWriter setMode(StateId state, int mode) {
    state.write(op(Op.SETATTR));
    out.ints(Attr.bitmap(Attr.MODE)).opaque(new XdrWriter().int32(mode).toByteArray());
    return this;
  }

  /** Dates the current file by the server's clock. */
  public OpWriter touch(StateId state) {
    state.write(op(Op.SETATTR));
    out.ints(Attr.bitmap(Attr.TIME_MODIFY_SET));
    out.opaque(new XdrWriter().int32(SET_TO_SERVER_TIME).toByteArray());
    return this;
  }

  /** Dates the current file. */
  public OpWriter setModified(StateId state, java.time.Instant time) {
    state.write(op(Op.SETATTR));
    out.ints(Attr.bitmap(Attr.TIME_MODIFY_SET));
    XdrWriter value = new XdrWriter().int32(1);
    out.opaque(value.int64(time.getEpochSecond()).int32(time.getNano()).toByteArray());
    return this;
  }

  /** Fills the current file with a range of the saved one, as one step. */
  public OpWriter cloneRange(StateId from, StateId to, long offset, long count) {
    from.write(op(Op.CLONE));
    to.write(out);
    out.int64(offset).int64(offset).int64(count);
    return this;
  }

  /** Copies a range of the saved file into the current one before it answers. */
  public OpWriter copyRange(StateId from, StateId to, long offset, long count) {
    from.write(op(Op.COPY));
    to.write(out);
    out.int64(offset).int64(offset).int64(count).bool(false).bool(true).int32(0);
    return this;
  }

  /** Asks which kinds of security the server wants for a name of the current directory. */
  public OpWriter securityOf(String name) {
    op(Op.SECINFO).text(name);
    return this;
  }

  void testStates(List<StateId> states) {
    op(Op.TEST_STATEID).int32(states.size());
    states.forEach(state -> state.write(out));
  }

  void freeState(StateId state) {
    state.write(op(Op.FREE_STATEID));
  }

  void exchangeId(byte[] owner, byte[] verifier) {
    op(Op.EXCHANGE_ID).fixed(verifier).opaque(owner).int32(0).int32(0).int32(0);
  }

  void createSession(long clientId, int sequence, SessionLimits wanted) {
    op(Op.CREATE_SESSION).int64(clientId).int32(sequence).int32(0);
    wanted.write(out);
    SessionLimits.NO_BACK_CHANNEL.write(out);
    out.int32(CALLBACK_PROGRAM).int32(1).int32(0);
  }

  void bindConnection(byte[] session) {
    op(Op.BIND_CONN_TO_SESSION).fixed(session).int32(1).bool(false);
  }

  void destroySession(byte[] session) {
    op(Op.DESTROY_SESSION).fixed(session);
  }

  void destroyClientId(long clientId) {
    op(Op.DESTROY_CLIENTID).int64(clientId);
  }

  void reclaimComplete() {
    op(Op.RECLAIM_COMPLETE).bool(false);
  }
}
