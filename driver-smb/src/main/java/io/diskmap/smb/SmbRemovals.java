package io.diskmap.smb;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Request;
import io.diskmap.smb.wire.SetInfo;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.Optional;

/** Removes files and directories by the names that the server stores. Thread-safe. */
final class SmbRemovals {
  private static final int LOOKS = 5;
  private static final int LOOKS_AT_HIDDEN = 9;
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
    return others.run(call, () -> removeOnce(name, call));
  }

  private boolean removeOnce(String name, Call call) throws StorageException {
    Create alone = Create.toDeleteAlone(name);
    int status = sessions.call(call, alone, new Close(FileId.RELATED)).status(alone);
    int looks = SmbAside.isHidden(name) ? LOOKS_AT_HIDDEN : LOOKS;
    for (int i = 0; i < looks && status == NtStatus.SHARING_VIOLATION; i++) {
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
   * hidden one, which nobody has open but this disk itself, is simply marked to go.
   */
  private boolean removeOpen(String name, Call call) throws StorageException {
    if (SmbAside.isHidden(name)) {
      Marked marked = mark(name, call);
      marked.number().ifPresent(number -> sessions.later(() -> awaitGone(name, number)));
      return isRemoved(marked.status());
    }
    String hidden = SmbAside.of(name);
    Create open = Create.openFile(name, SmbStore.MOVING);
    SetInfo aside = SetInfo.rename(FileId.RELATED, hidden, false);
    SetInfo delete = SetInfo.delete(FileId.RELATED);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Answers answers = sessions.call(call, open, aside, query, delete, new Close(FileId.RELATED));
    if (answers.status(open) != NtStatus.SUCCESS) {
      return isRemoved(answers.status(open));
    }
    boolean removed = isRemoved(answers.status(delete));
    if (answers.status(aside) == NtStatus.SUCCESS && answers.status(query) == NtStatus.SUCCESS) {
      long number = of(answers, query).id();
      sessions.later(() -> awaitGone(hidden, number));
    }
    return removed;
  }

  /**
   * Sees to it that a file which is marked to go goes: a server can lose the mark when somebody
   * that it serves in another process closes the file in the same moment. Another file that has got
   * the name stays.
   */
  private void awaitGone(String name, long number) {
    Call call = Call.within(CallContext.none(), LONGEST_READ);
    try {
      while (isThere(name, number, call)) {
        mark(name, call);
        call.pause(PAUSE);
      }
    } catch (StorageException closedOrUnreachable) {
      return;
    }
  }

  private boolean isThere(String name, long number, Call call) throws StorageException {
    Create open = Create.openFile(name, Create.READ_ATTRIBUTES);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Answers answers = sessions.call(call, open, query, new Close(FileId.RELATED));
    int status = answers.status(open);
    return status == NtStatus.DELETE_PENDING
        || (status == NtStatus.SUCCESS
            && answers.status(query) == NtStatus.SUCCESS
            && of(answers, query).id() == number);
  }

  /** What came of marking a file to go, and its number where it was there. */
  private record Marked(int status, Optional<Long> number) {}

  /** Marks a file to go, whoever has it open. */
  private Marked mark(String name, Call call) throws StorageException {
    Create open = Create.toDelete(name);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Answers answers = sessions.call(call, open, query, new Close(FileId.RELATED));
    boolean known =
        answers.status(open) == NtStatus.SUCCESS && answers.status(query) == NtStatus.SUCCESS;
    return new Marked(
        answers.status(open), known ? Optional.of(of(answers, query).id()) : Optional.empty());
  }

  private static <T> T of(Answers answers, Request<T> request) throws StorageException {
    try {
      return answers.of(request);
    } catch (SmbStatusException e) {
      throw SmbErrors.of(e);
    }
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
