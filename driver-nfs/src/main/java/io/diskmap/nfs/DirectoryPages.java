package io.diskmap.nfs;

import io.diskmap.StorageException;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader.DirectoryEntry;
import io.diskmap.nfs.v4.OpReader.DirectoryPage;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads all names of one directory, page by page. Stateless.
 *
 * <p>A directory that vanishes meanwhile ends; one whose cookies the server has forgotten is read
 * again from its start, so that a name can come twice.
 */
final class DirectoryPages {
  private static final int PAGE_BYTES = 128 * 1024;
  private static final int MAX_RESTARTS = 3;
  private static final byte[] FIRST = new byte[8];

  /** Sees one name; whether to go on. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(DirectoryEntry entry) throws StorageException;
  }

  private DirectoryPages() {}

  static void visit(NfsSessions sessions, FileHandle directory, Visitor visitor, Call call)
      throws StorageException {
    long cookie = 0;
    byte[] verifier = FIRST;
    int restarts = 0;
    boolean more = true;
    while (more) {
      call.check();
      try {
        DirectoryPage page = page(sessions, directory, cookie, verifier, call);
        verifier = page.verifier();
        more = !page.end() && !page.entries().isEmpty();
        for (DirectoryEntry entry : page.entries()) {
          cookie = entry.cookie();
          if (!visitor.visit(entry)) {
            return;
          }
        }
        call.progressed();
      } catch (NfsStatusException e) {
        if (isGone(e)) {
          return;
        }
        if (!e.isAny(Status.BAD_COOKIE, Status.NOT_SAME) || restarts++ >= MAX_RESTARTS) {
          throw NfsErrors.of(e);
        }
        cookie = 0;
        verifier = FIRST;
      } catch (IOException e) {
        throw NfsErrors.of(e);
      }
    }
  }

  private static boolean isGone(NfsStatusException e) {
    return e.isAny(Status.NOENT, Status.STALE, Status.NOTDIR, Status.FHEXPIRED);
  }

  private static DirectoryPage page(
      NfsSessions sessions, FileHandle directory, long cookie, byte[] verifier, Call call)
      throws IOException {
    int bytes = Math.min(PAGE_BYTES, sessions.client().maxIo());
    return sessions.call(
        Request.of(
            out -> out.putFh(directory).readDir(cookie, verifier, bytes),
            in -> in.putFh().readDir()),
        call);
  }

  /** A stored name as text; empty where it is none. */
  static Optional<String> text(byte[] name) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString());
    } catch (CharacterCodingException foreign) {
      return Optional.empty();
    }
  }
}
