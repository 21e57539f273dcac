package io.diskmap.smb;

import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryDirectory;
import io.diskmap.smb.wire.QueryDirectory.Entry;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a directory from its first entry to its last, all attributes with the names. Stateless.
 *
 * <p>The open and the first entries come in one round trip, and the next ones while some are shown.
 */
final class DirectoryPages {
  private static final int FIRST = 64 * 1024;
  private static final int NEXT = 1 << 20;

  private static final Pattern MADE_UP = Pattern.compile("[^.~]{1,7}~[^.~]{1,6}(\\.[^.]{1,3})?");

  private DirectoryPages() {}

  /** Sees one entry; false ends the visit. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(Entry entry) throws StorageException;
  }

  /** Shows every entry but the directory itself and the one above; false where there is none. */
  static boolean visit(SmbSessions sessions, String directory, Visitor visitor, Call call)
      throws StorageException {
    return visitAll(
        sessions,
        directory,
        entry ->
            entry.info().name().equals(".")
                || entry.info().name().equals("..")
                || visitor.visit(entry),
        call);
  }

  /** Shows every entry; false where there is no such directory. */
  static boolean visitAll(SmbSessions sessions, String directory, Visitor visitor, Call call)
      throws StorageException {
    try {
      SmbConnection connection = sessions.connection(call);
      Create open = Create.openDirectory(directory, Create.READ_DATA | Create.READ_ATTRIBUTES);
      QueryDirectory first =
          new QueryDirectory(FileId.RELATED, true, Math.min(FIRST, connection.maxTransact()));
      Answers answers = connection.call(sessions.patience(call), open, first);
      FileId handle;
      try {
        handle = answers.of(open).file();
      } catch (SmbStatusException e) {
        if (SmbStore.isAbsent(e)) {
          return false;
        }
        throw e;
      }
      try {
        show(connection, sessions, handle, answers.of(first), visitor, call);
      } finally {
        connection.closeQuietly(handle);
      }
      return true;
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private static void show(
      SmbConnection connection,
      SmbSessions sessions,
      FileId handle,
      List<Entry> first,
      Visitor visitor,
      Call call)
      throws IOException {
    int most = Math.min(NEXT, connection.maxTransact());
    List<Entry> page = first;
    while (!page.isEmpty()) {
      QueryDirectory next = new QueryDirectory(handle, false, most);
      Pending pending = connection.start(sessions.patience(call), next);
      try {
        for (Entry entry : page) {
          if (!visitor.visit(entry)) {
            return;
          }
        }
        call.progressed();
        page = pending.await(sessions.patience(call)).of(next);
      } finally {
        pending.end();
      }
    }
  }

  /** An entry's name as the contract writes it; empty for a name that is none of the contract's. */
  static Optional<String> original(Entry entry) {
    return SmbNames.original(entry.info().name());
  }

  /**
   * Whether the server may have made a name up, in place of one that SMB cannot tell; an open tells
   * then what the file is really called.
   */
  static boolean mayBeMadeUp(Entry entry) {
    String name = entry.info().name();
    return name.indexOf('~') >= 0 && MADE_UP.matcher(name).matches();
  }
}
