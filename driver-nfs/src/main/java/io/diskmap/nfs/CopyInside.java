package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.OpReader.WriteResult;
import io.diskmap.nfs.v4.OpWriter;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.spi.Call;
import java.io.IOException;

/**
 * Copies one open file into another inside the server, by CLONE or COPY, and puts it on stable
 * storage with the same compound. Thread-safe.
 */
final class CopyInside {
  private static final long PIECE = 64L << 20;
  private static final int MAX_ATTEMPTS = 5;

  private final NfsSessions sessions;
  private final OpenFile from;
  private final OpenFile to;

  CopyInside(NfsSessions sessions, OpenFile from, OpenFile to) {
    this.sessions = sessions;
    this.from = from;
    this.to = to;
  }

  /** What a step told: how many bytes, and the server's marks before and after COMMIT. */
  private record Step(WriteResult copied, long verifier) {}

  /** Copies this many bytes; false where the server does not, and nothing was written. */
  boolean copy(ServerCopy kind, long length, Call call) throws StorageException {
    long done = 0;
    try {
      for (int attempt = 1; done < length; attempt++) {
        long count = kind == ServerCopy.CLONE ? length : Math.min(PIECE, length - done);
        long copied = step(kind, done, count, call);
        done += copied;
        attempt = copied > 0 ? 1 : attempt;
        if (attempt > MAX_ATTEMPTS) {
          throw StorageException.of(
              ErrorKind.UNAVAILABLE,
              "The NFS server is restarted again and again; try again later.");
        }
        call.progressed();
      }
      return true;
    } catch (NfsStatusException e) {
      if (done == 0 && ServerCopy.isMissing(e)) {
        return false;
      }
      throw NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private long step(ServerCopy kind, long offset, long count, Call call) throws IOException {
    long acquaintance = sessions.client().acquaintance();
    Step step =
        sessions
            .client()
            .call(
                to,
                Request.repeatableChange(
                    out -> write(out, kind, offset, count), in -> read(in, kind, count)),
                sessions.client().patience(call));
    boolean settled =
        acquaintance == sessions.client().acquaintance()
            && (step.copied().durable() || step.copied().verifier() == step.verifier());
    if (!settled) {
      return 0;
    }
    if (step.copied().count() <= 0 || step.copied().count() > count) {
      throw StorageException.of(
          ErrorKind.UNKNOWN, "The NFS server claims to have copied what it was not asked for.");
    }
    return step.copied().count();
  }

  private void write(OpWriter out, ServerCopy kind, long offset, long count) {
    out.putFh(from.handle()).saveFh().putFh(to.handle());
    if (kind == ServerCopy.CLONE) {
      out.cloneRange(from.state(), to.state(), offset, count);
    } else {
      out.copyRange(from.state(), to.state(), offset, count);
    }
    out.commit(0, 0);
  }

  private static Step read(OpReader in, ServerCopy kind, long count)
      throws XdrException, NfsStatusException {
    in.putFh().saveFh().putFh();
    WriteResult copied;
    if (kind == ServerCopy.CLONE) {
      in.cloneRange();
      copied = new WriteResult(count, true, 0);
    } else {
      copied = in.copyRange();
    }
    return new Step(copied, in.commit());
  }
}
