package io.diskmap.smb;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.ConnectionLostException;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Read;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.piece.HeadReader;
import io.diskmap.spi.piece.PieceReader;
import io.diskmap.spi.staged.StagedSaves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Opens files for reading: one compound opens, looks and reads the first bytes, so a small file
 * takes one round trip. Thread-safe.
 */
final class Opening {
  private static final int HEAD = 64 * 1024;

  /** How long a file may be open to somebody alone, as one is that is being deleted. */
  private static final OpenByOthers SHARED_SOON = new OpenByOthers(Duration.ofSeconds(2));

  static final int ACCESS = Create.READ_DATA | Create.READ_ATTRIBUTES | Create.SYNCHRONIZE;

  private final DriverContext context;
  private final SmbOptions options;
  private final SmbSessions sessions;
  private final SmbStore store;
  private final StagedSaves saves;

  Opening(
      DriverContext context,
      SmbOptions options,
      SmbSessions sessions,
      SmbStore store,
      StagedSaves saves) {
    this.context = context;
    this.options = options;
    this.sessions = sessions;
    this.store = store;
    this.saves = saves;
  }

  /** What the compound tells. */
  private record Reply(SmbConnection connection, FileId file, FileInfo info, ByteBuffer head) {}

  StorageReader open(StoragePath path, ReadRequest request) throws StorageException {
    Call call = request.call();
    Reply reply = SHARED_SOON.run(call, () -> open(store.remote(path.value()), request));
    boolean kept = false;
    try {
      if (!SmbStats.of(reply.info()).isFile()) {
        throw SmbStore.missing(null);
      }
      FileMetadata metadata = saves.described(path, SmbStats.of(reply.info()), call);
      if (request.ifMatch().isPresent()
          && !metadata.versionTag().matches(request.ifMatch().get())) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
      }
      ByteRange range = request.range().within(reply.info().size());
      if (reply.head().remaining() >= range.length()) {
        return new HeadReader(metadata, range, reply.head());
      }
      StorageReader reader =
          new PieceReader(
              new SmbPieces(
                  sessions,
                  new Handles.Handle(reply.connection(), reply.file()),
                  store.remote(path.value()),
                  reply.info(),
                  call),
              new PieceReader.Content(metadata, range, reply.head()),
              new PieceReader.Pieces(
                  Math.min(options.rsize(), reply.connection().maxRead()),
                  request.access() == ReadRequest.Access.RANDOM ? 1 : options.inFlight()),
              context.chunks(),
              call);
      kept = true;
      return reader;
    } finally {
      if (!kept) {
        reply.connection().closeQuietly(reply.file());
      }
    }
  }

  /**
   * Samba can answer, about once in ten thousand times, that a name is not there while it is being
   * replaced; so one that is not there is asked for twice.
   */
  private Reply open(String name, ReadRequest request) throws StorageException {
    boolean absent = false;
    for (int attempt = 1; ; attempt++) {
      try {
        return openOnce(name, request);
      } catch (SmbStatusException e) {
        if (e.isAny(NtStatus.OBJECT_NAME_NOT_FOUND) && !absent) {
          absent = true;
          continue;
        }
        throw SmbStore.isAbsent(e) || e.isAny(NtStatus.FILE_IS_A_DIRECTORY)
            ? SmbStore.missing(e)
            : SmbErrors.of(e);
      } catch (ConnectionLostException e) {
        if (e.isSent() || attempt > 3) {
          throw SmbErrors.of(e);
        }
      } catch (IOException e) {
        throw SmbErrors.of(e);
      }
    }
  }

  /** Looks for records beside files at the same time, until some were found. */
  private Reply openOnce(String name, ReadRequest request) throws IOException {
    Call call = request.call();
    SmbConnection connection = sessions.connection(call);
    if (saves.areSidecarsKnown()) {
      return openOn(connection, name, request);
    }
    SmbStore.Look look = store.beginLook(connection, saves.sidecarDirectory(), call);
    try {
      Reply reply = openOn(connection, name, request);
      boolean complete = false;
      try {
        saves.sidecarsObserved(store.await(look, call).isPresent());
        complete = true;
        return reply;
      } finally {
        if (!complete) {
          connection.closeQuietly(reply.file());
        }
      }
    } finally {
      look.pending().end();
    }
  }

  private Reply openOn(SmbConnection connection, String name, ReadRequest request)
      throws IOException {
    ByteRange range = request.range();
    boolean fromEnd = range.kind() == ByteRange.Kind.LAST;
    int ahead = fromEnd ? 0 : (int) Math.min(HEAD, range.length());
    ByteBuffer head = ByteBuffer.allocate(ahead);
    Create open = Create.openFile(name, ACCESS);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Read read = new Read(FileId.RELATED, fromEnd ? 0 : range.offset(), head);
    Answers answers =
        ahead > 0
            ? connection.call(sessions.patience(request.call()), open, query, read)
            : connection.call(sessions.patience(request.call()), open, query);
    FileId file = answers.of(open).file();
    boolean complete = false;
    try {
      FileInfo info = answers.of(query);
      if (info.deletePending() || !SmbNames.isExact(name, info.name())) {
        throw SmbStore.missing(null);
      }
      int count = ahead > 0 ? answers.of(read) : 0;
      complete = true;
      return new Reply(connection, file, info, head.limit(count));
    } finally {
      if (!complete) {
        connection.closeQuietly(file);
      }
    }
  }
}
