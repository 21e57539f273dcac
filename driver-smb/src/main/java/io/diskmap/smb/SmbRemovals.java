package io.diskmap.smb;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.SetInfo;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import java.time.Duration;

/** Removes files and directories by the names that the server stores. Thread-safe. */
final class SmbRemovals {
  private static final int LOOKS = 5;
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_READ = Duration.ofMinutes(10);

  private final SmbSessions sessions;
  private final OpenByOthers others;

  SmbRemovals(SmbSessions sessions, OpenByOthers others) {
    this.sessions = sessions;
    this.others = others;
  }

  /** Removes a file by the name that the server stores. */
  boolean remove(String name, Call call) throws StorageException {
    boolean[] removed = {false};
    others.run(call, () -> removed[0] = removeOnce(name, call));
    return removed[0];
  }

  private boolean removeOnce(String name, Call call) throws StorageException {
    Create alone = Create.toDeleteAlone(name);
    int status = sessions.call(call, alone, new Close(FileId.RELATED)).status(alone);
    for (int i = 0; i < LOOKS && status == NtStatus.SHARING_VIOLATION; i++) {
      call.pause(OpenByOthers.FIRST.multipliedBy(1L << i));
      status = sessions.call(call, alone, new Close(FileId.RELATED)).status(alone);
    }
    if (status == NtStatus.SHARING_VIOLATION) {
      return removeOpen(name, call);
    }
    if (status == NtStatus.CANNOT_DELETE) {
      unprotect(name, call);
      status = sessions.call(call, alone, new Close(FileId.RELATED)).status(alone);
    }
    return isRemoved(status);
  }

  private static boolean isRemoved(int status) throws StorageException {
    if (status == NtStatus.SUCCESS) {
      return true;
    }
    SmbStatusException e = new SmbStatusException("CREATE", status);
    if (SmbStore.isAbsent(e) || status == NtStatus.FILE_IS_A_DIRECTORY) {
      return false;
    }
    throw SmbErrors.of(e);
  }

  /**
   * Frees the name of a file that readers have open; the file goes when they have closed it. A
   * hidden one is simply marked to go.
   */
  private boolean removeOpen(String name, Call call) throws StorageException {
    if (SmbAside.isHidden(name)) {
      return isRemoved(deleteOnClose(name, call));
    }
    String hidden = SmbAside.of(name);
    Create open = Create.openFile(name, SmbStore.MOVING);
    SetInfo aside = SetInfo.rename(FileId.RELATED, hidden, false);
    SetInfo delete = SetInfo.delete(FileId.RELATED);
    Answers answers = sessions.call(call, open, aside, delete, new Close(FileId.RELATED));
    if (answers.status(open) != NtStatus.SUCCESS) {
      return isRemoved(answers.status(open));
    }
    boolean removed = isRemoved(answers.status(delete));
    if (answers.status(aside) == NtStatus.SUCCESS) {
      sessions.later(() -> awaitGone(hidden));
    }
    return removed;
  }

  /**
   * Sees to it that a file which was moved aside goes: a server can lose the mark when a reader
   * that it serves in another process closes the file in the same moment.
   */
  private void awaitGone(String hidden) {
    Call call = Call.within(CallContext.none(), LONGEST_READ);
    try {
      while (deleteOnClose(hidden, call) == NtStatus.DELETE_PENDING) {
        call.pause(PAUSE);
      }
    } catch (StorageException closedOrUnreachable) {
      return;
    }
  }

  /** The status of marking a file to go, whoever has it open. */
  private int deleteOnClose(String name, Call call) throws StorageException {
    Create open = Create.toDelete(name);
    return sessions.call(call, open, new Close(FileId.RELATED)).status(open);
  }

  /** Takes the mark off a file that must not be changed. */
  private void unprotect(String name, Call call) throws StorageException {
    Create open = Create.openFile(name, Create.WRITE_ATTRIBUTES);
    SetInfo normal = SetInfo.attributes(FileId.RELATED, FileInfo.NORMAL);
    Answers answers = sessions.call(call, open, normal, new Close(FileId.RELATED));
    try {
      answers.orFail();
    } catch (SmbStatusException e) {
      throw SmbErrors.of(e);
    }
  }

  /** Removes an empty directory; false where it stays, or is gone already. */
  boolean removeDirectory(String name, Call call) throws StorageException {
    Create open = Create.toDeleteDirectory(name);
    int status = sessions.call(call, open, new Close(FileId.RELATED)).status(open);
    if (status == NtStatus.SUCCESS) {
      return true;
    }
    SmbStatusException e = new SmbStatusException("CREATE", status);
    boolean stays =
        SmbStore.isAbsent(e)
            || e.isAny(
                NtStatus.DIRECTORY_NOT_EMPTY,
                NtStatus.SHARING_VIOLATION,
                NtStatus.ACCESS_DENIED,
                NtStatus.CANNOT_DELETE);
    if (stays) {
      return false;
    }
    throw SmbErrors.of(e);
  }
}
