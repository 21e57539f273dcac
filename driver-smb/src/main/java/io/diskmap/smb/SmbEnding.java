package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Flush;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Request;
import io.diskmap.smb.wire.SetInfo;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.smb.wire.Write;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile.Completion;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The end of a file's writing: its last bytes, their flush and the close, which dates it, in one
 * compound, which can also make the file.
 *
 * <p>For one file and one thread.
 */
final class SmbEnding {
  private static final int ACCESS =
      Create.WRITE_DATA | Create.READ_ATTRIBUTES | Create.WRITE_ATTRIBUTES;
  private static final Duration OTHERS = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final SmbSessions sessions;
  private final SmbConnection connection;
  private final String name;
  private final Completion end;

  SmbEnding(SmbSessions sessions, SmbConnection connection, String name, Completion end) {
    this.sessions = sessions;
    this.connection = connection;
    this.name = name;
    this.end = end;
  }

  /** Ends a file on the handle that it has; the hook runs once that is closed. */
  RemoteStat on(FileId file, long number, Runnable closed, Call call) throws StorageException {
    Steps steps = new Steps(file, end.sync() && sessions.mayFlushInside());
    Answers answers = call(call, steps.compound());
    if (answers.status(steps.close) == NtStatus.SUCCESS) {
      closed.run();
    }
    return ended(steps, answers, number, call);
  }

  /**
   * Ends a file on a handle of its own. Where others had the file in hand, it waits a moment until
   * the server has closed what they have open, and with that has carried out all they asked for.
   * Where the server holds on to that, it is told the time, which it keeps when it lets go.
   */
  RemoteStat anew(long number, Call call) throws StorageException {
    long until = System.nanoTime() + OTHERS.toNanos();
    while (true) {
      boolean alone = end.others().isPresent() && System.nanoTime() < until;
      Create open =
          alone ? Create.openFileToWriteAlone(name, ACCESS) : Create.openFile(name, ACCESS);
      Steps steps = new Steps(FileId.RELATED, end.sync() && sessions.mayFlushInside());
      if (!alone) {
        steps.date = end.others().map(time -> SetInfo.modified(FileId.RELATED, time));
      }
      Answers answers = call(call, steps.compound(open));
      if (!alone || answers.status(open) != NtStatus.SHARING_VIOLATION) {
        requireOpened(open, steps, answers);
        return ended(steps, answers, number, call);
      }
      call.pause(PAUSE);
    }
  }

  private void requireOpened(Create open, Steps steps, Answers answers) throws StorageException {
    try {
      closeLeft(answers.of(open).file(), steps, answers);
    } catch (SmbStatusException e) {
      throw SmbStore.isAbsent(e) ? SmbStore.missing(e) : SmbErrors.of(e);
    }
  }

  /** Makes a file that must not exist, with all its bytes. */
  RemoteStat make(Call call) throws StorageException {
    Create create = Create.newFile(name, ACCESS);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Steps steps = new Steps(FileId.RELATED, end.sync() && sessions.mayFlushInside());
    Answers answers = call(call, steps.compound(create, query));
    try {
      closeLeft(SmbStore.opened(answers, create), steps, answers);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
    FileInfo info = of(answers, query);
    if (!SmbNames.isExact(name, info.name())) {
      throw SmbStore.twin();
    }
    return ended(steps, answers, info.id(), call);
  }

  /** Closes a file whose compound did not come to its close. */
  private void closeLeft(FileId file, Steps steps, Answers answers) {
    if (answers.status(steps.close) != NtStatus.SUCCESS) {
      connection.closeQuietly(file);
    }
  }

  /** The requests of the compound. */
  private final class Steps {
    private final Write write;
    private final Flush flush;
    private final Close close;
    private final boolean flushes;
    private Optional<SetInfo> date = Optional.empty();

    Steps(FileId file, boolean flushes) {
      this.write = new Write(file, end.offset(), end.data());
      this.flush = new Flush(file);
      this.close = new Close(file);
      this.flushes = flushes;
    }

    private Request<?>[] compound(Request<?>... before) {
      List<Request<?>> all = new ArrayList<>(List.of(before));
      all.add(write);
      if (flushes) {
        all.add(flush);
      }
      date.ifPresent(all::add);
      all.add(close);
      return all.toArray(new Request<?>[0]);
    }
  }

  private RemoteStat ended(Steps steps, Answers answers, long number, Call call)
      throws StorageException {
    if (of(answers, steps.write) < end.data().remaining()) {
      throw StorageException.of(
          ErrorKind.NO_SPACE, "The SMB server takes no more bytes; make room on it.");
    }
    Close.Closed left = of(answers, steps.close);
    boolean flushed = steps.flushes && answers.status(steps.flush) == NtStatus.SUCCESS;
    if (end.sync() && !flushed) {
      sessions.flushOutside();
      flushAgain(call);
    }
    return SmbStats.file(number, left.size(), left.modified());
  }

  /** Flushes a file that is closed by now, on a server that flushes nothing inside a compound. */
  private void flushAgain(Call call) throws StorageException {
    Create open = Create.openFile(name, ACCESS);
    FileId again = of(call(call, open), open).file();
    try {
      Flush flush = new Flush(again);
      of(call(call, flush), flush);
    } finally {
      connection.closeQuietly(again);
    }
  }

  private Answers call(Call call, Request<?>... compound) throws StorageException {
    try {
      return connection.call(sessions.patience(call), compound);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private static <T> T of(Answers answers, Request<T> request) throws StorageException {
    try {
      return answers.of(request);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }
}
