package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Read;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.piece.OpenPieces;
import io.diskmap.spi.piece.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The READs of one open file.
 *
 * <p>For one thread. The file stays open, so the server keeps it as it is against a replacement;
 * one that is changed in place is noticed before the last bytes are given out.
 */
final class SmbPieces implements OpenPieces {
  private final SmbSessions sessions;
  private final SmbConnection connection;
  private final FileId file;
  private final FileInfo opened;
  private final Handles handles;
  private final Call call;

  /** Reads a file that was like this when it was opened; its name is that of the server. */
  SmbPieces(SmbSessions sessions, Handles.Handle first, String name, FileInfo opened, Call call) {
    this.sessions = sessions;
    this.connection = first.connection();
    this.file = first.file();
    this.opened = opened;
    this.handles = new Handles(sessions, first, name, opened.id(), Opening.ACCESS);
    this.call = call;
  }

  @Override
  public Piece ask(long offset, int length, Chunk chunk) throws StorageException {
    try {
      Handles.Handle handle = handles.pick(length, call);
      Read read = new Read(handle.file(), offset, part(chunk, 0, length));
      Pending pending = handle.connection().start(sessions.patience(call), read);
      return new Piece() {
        @Override
        public void await() throws StorageException {
          finish(read, pending, offset, length, chunk);
        }

        @Override
        public void end() {
          pending.end();
        }
      };
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private static ByteBuffer part(Chunk chunk, int from, int to) {
    return chunk.buffer().duplicate().position(from).limit(to);
  }

  /** Waits for a piece, and asks for the rest of one that the server cut short. */
  private void finish(Read read, Pending pending, long offset, int length, Chunk chunk)
      throws StorageException {
    try {
      int filled = pending.await(sessions.patience(call)).of(read);
      int count = filled;
      while (filled < length) {
        if (count == 0) {
          throw changed();
        }
        Handles.Handle handle = handles.pick(0, call);
        Read again = new Read(handle.file(), offset + filled, part(chunk, filled, length));
        count = handle.connection().call(sessions.patience(call), again).of(again);
        filled += count;
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  @Override
  public void requireSameVersion() throws StorageException {
    QueryInfo<FileInfo> query = QueryInfo.all(file);
    try {
      FileInfo now = connection.call(sessions.patience(call), query).of(query);
      if (now.size() != opened.size() || !now.modified().equals(opened.modified())) {
        throw changed();
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private static StorageException changed() {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was changed while it was read; read it again from the start.");
  }

  @Override
  public void close() {
    handles.closeQuietly();
  }
}
