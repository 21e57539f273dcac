package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Pending;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.piece.OpenPieces;
import io.diskmap.spi.piece.Piece;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The READs of one open file.
 *
 * <p>For one thread. The server holds the file open, so a replaced one stays readable. Each READ
 * tells size and time of the last write, so a file that is changed in place is noticed.
 */
final class NfsPieces implements OpenPieces {
  private final NfsSessions sessions;
  private final OpenFile file;
  private final Attributes opened;
  private final Call call;

  /** Reads a file that had these attributes when it was opened. */
  NfsPieces(NfsSessions sessions, OpenFile file, Attributes opened, Call call) {
    this.sessions = sessions;
    this.file = file;
    this.opened = opened;
    this.call = call;
  }

  @Override
  public Piece ask(long offset, int length, Chunk chunk) {
    ReadPiece request = new ReadPiece(file, offset, length, chunk, 0);
    Pending<ReadPiece.Result> pending = sessions.client().start(request);
    return new Piece() {
      @Override
      public void await() throws StorageException {
        finish(request, pending, chunk);
      }

      @Override
      public void end() {
        pending.end();
      }
    };
  }

  /** Waits for a piece, and asks for the rest of one that the server cut short. */
  private void finish(ReadPiece request, Pending<ReadPiece.Result> pending, Chunk chunk)
      throws StorageException {
    int filled = 0;
    try {
      ReadPiece.Result result = first(request, pending);
      while (true) {
        requireSameVersion(result.attributes());
        filled += result.count();
        if (filled >= request.length) {
          return;
        }
        if (result.count() == 0) {
          throw changed(null);
        }
        ReadPiece rest =
            new ReadPiece(file, request.offset + filled, request.length - filled, chunk, filled);
        result = sessions.client().call(file, rest, sessions.client().patience(call));
      }
    } catch (NfsStatusException e) {
      throw e.isAny(Status.STALE, Status.FHEXPIRED, Status.NOENT) ? changed(e) : NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** The piece that is under way; where the open file was forgotten, it is opened and read anew. */
  private ReadPiece.Result first(ReadPiece request, Pending<ReadPiece.Result> pending)
      throws IOException {
    try {
      return pending.await(sessions.client().patience(call));
    } catch (NfsStatusException e) {
      return sessions.client().call(file, request, sessions.client().patience(call));
    }
  }

  private void requireSameVersion(Attributes now) throws StorageException {
    if (now.size() != opened.size() || !now.modified().equals(opened.modified())) {
      throw changed(null);
    }
  }

  private static StorageException changed(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was changed while it was read; read it again from the start.",
        cause);
  }

  @Override
  public void close() {
    sessions.client().close(file);
  }
}
