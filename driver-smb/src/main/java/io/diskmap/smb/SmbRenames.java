package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.SetInfo;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.util.Optional;

/** Gives files other names. Thread-safe; the methods are those of the store. */
final class SmbRenames {
  private final SmbSessions sessions;
  private final SmbStore store;
  private final OpenByOthers others;

  SmbRenames(SmbSessions sessions, SmbStore store, OpenByOthers others) {
    this.sessions = sessions;
    this.store = store;
    this.others = others;
  }

  /**
   * Renames over an open file too where the server allows it: Samba guards only the files that the
   * same connection has open, so a refused rename is tried again on a connection that has none.
   */
  void replace(String from, String to, Call call) throws StorageException {
    others.run(
        call,
        () -> {
          try {
            rename(from, to, true, call);
            return true;
          } catch (SmbStatusException e) {
            refuseUnlessOpen(e, to, call);
            Optional<SmbConnection> aside = sessions.aside(call);
            if (aside.isEmpty() || !renameOn(aside.get(), from, to, call)) {
              throw isOpen(to, call) ? OpenByOthers.busy(e) : SmbErrors.of(e);
            }
            return true;
          }
        });
  }

  private void rename(String from, String to, boolean replace, Call call)
      throws StorageException, SmbStatusException {
    Create open = Create.openFile(store.remote(from), SmbStore.MOVING);
    SetInfo rename = SetInfo.rename(FileId.RELATED, store.remote(to), replace);
    Answers answers = sessions.call(call, open, rename, new Close(FileId.RELATED));
    answers.of(open);
    answers.of(rename);
  }

  private boolean renameOn(SmbConnection connection, String from, String to, Call call)
      throws StorageException {
    Create open = Create.openFile(store.remote(from), SmbStore.MOVING);
    SetInfo rename = SetInfo.rename(FileId.RELATED, store.remote(to), true);
    try {
      Answers answers =
          connection.call(sessions.patience(call), open, rename, new Close(FileId.RELATED));
      return answers.status(rename) == NtStatus.SUCCESS;
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  /** Throws why a rename was refused, except where the target may be open: no status tells that. */
  private void refuseUnlessOpen(SmbStatusException e, String to, Call call)
      throws StorageException {
    if (SmbStore.isAbsent(e)) {
      throw StorageException.of(ErrorKind.NOT_FOUND, "The file or its directory vanished.", e);
    }
    boolean unclear =
        e.isAny(
            NtStatus.ACCESS_DENIED,
            NtStatus.SHARING_VIOLATION,
            NtStatus.OBJECT_NAME_COLLISION,
            NtStatus.FILE_IS_A_DIRECTORY,
            NtStatus.DIRECTORY_NOT_EMPTY);
    if (!unclear) {
      throw SmbErrors.of(e);
    }
    Optional<RemoteStat> there = store.look(to, call);
    if (there.filter(RemoteStat::isDirectory).isPresent()) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT, "A directory stands where the file would be.", e);
    }
    if (there.filter(stat -> stat.kind() == RemoteStat.Kind.OTHER).isPresent()) {
      throw SmbStore.twin();
    }
  }

  /** Whether somebody has a file open; for that moment nobody can open it. */
  private boolean isOpen(String path, Call call) throws StorageException {
    Create alone = Create.openAlone(store.remote(path));
    Answers answers = sessions.call(call, alone, new Close(FileId.RELATED));
    int status = answers.status(alone);
    return status == NtStatus.SHARING_VIOLATION
        || status == NtStatus.DELETE_PENDING
        || status == NtStatus.SUCCESS
        || status == NtStatus.OBJECT_NAME_NOT_FOUND;
  }

  void linkNew(String from, String to, Call call) throws StorageException {
    Create open = Create.openFile(store.remote(from), SmbStore.MOVING | Create.WRITE_ATTRIBUTES);
    SetInfo link = SetInfo.link(FileId.RELATED, store.remote(to));
    Answers answers = sessions.call(call, open, link, new Close(FileId.RELATED));
    try {
      answers.of(open);
      answers.of(link);
    } catch (SmbStatusException e) {
      boolean cannot =
          SmbErrors.kind(e.status()) == ErrorKind.UNSUPPORTED
              || e.isAny(NtStatus.ACCESS_DENIED, NtStatus.INVALID_PARAMETER);
      if (cannot) {
        renameNew(from, to, call);
        return;
      }
      throw SmbStore.isAbsent(e)
          ? StorageException.of(ErrorKind.NOT_FOUND, "The file or its directory vanished.", e)
          : SmbErrors.of(e);
    }
  }

  void renameNew(String from, String to, Call call) throws StorageException {
    others.run(
        call,
        () -> {
          try {
            rename(from, to, false, call);
            return true;
          } catch (SmbStatusException e) {
            throw SmbStore.isAbsent(e)
                ? StorageException.of(ErrorKind.NOT_FOUND, "The file or its directory vanished.", e)
                : SmbErrors.of(e);
          }
        });
  }
}
