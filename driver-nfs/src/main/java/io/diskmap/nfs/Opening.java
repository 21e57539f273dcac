package io.diskmap.nfs;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpenMode;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.StateId;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.piece.HeadReader;
import io.diskmap.spi.piece.PieceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Opens files for reading: one compound opens, looks and reads the first bytes, so a small file
 * takes one round trip. Thread-safe.
 *
 * <p>After some files in a row whose first bytes were all that was wanted, the compound closes the
 * file too. Where that was too early, because more is wanted, the file is opened a second time.
 */
final class Opening {
  private static final int HEAD = 64 * 1024;

  /** So many small files in a row let the next one be taken for small. */
  private static final int FEW = 4;

  private final DriverContext context;
  private final NfsOptions options;
  private final NfsSessions sessions;
  private final NfsLinks links;
  private final Sidecars sidecars;
  private final AtomicInteger smallInARow = new AtomicInteger();

  /** Adds to a file's metadata what is kept beside it. */
  @FunctionalInterface
  interface Sidecars {
    FileMetadata describe(StoragePath path, Attributes attributes, Call call)
        throws StorageException;
  }

  Opening(
      DriverContext context,
      NfsOptions options,
      NfsSessions sessions,
      NfsLinks links,
      Sidecars sidecars) {
    this.context = context;
    this.options = options;
    this.sessions = sessions;
    this.links = links;
    this.sidecars = sidecars;
  }

  /** What the compound tells. */
  private record Reply(
      FileHandle handle,
      long owner,
      StateId state,
      Attributes attributes,
      ByteBuffer head,
      boolean closed) {
    /** Whether the first bytes are all that is wanted. */
    boolean isAll(ByteRange wanted) {
      return wanted.within(attributes.size()).length() <= head.remaining();
    }
  }

  StorageReader open(StoragePath path, ReadRequest request) throws StorageException {
    Call call = request.call();
    NfsClient client = sessions.client();
    Reply reply = openThroughLinks(path.value(), request);
    if (reply.closed()) {
      FileMetadata metadata = requested(path, reply, request);
      return new HeadReader(metadata, request.range().within(metadata.size()), reply.head());
    }
    var file = client.adopt(reply.handle(), OpenMode.READ, reply.owner(), reply.state());
    boolean opened = false;
    try {
      FileMetadata metadata = requested(path, reply, request);
      ByteRange range = request.range().within(reply.attributes().size());
      StorageReader reader =
          new PieceReader(
              new NfsPieces(sessions, file, reply.attributes(), call),
              new PieceReader.Content(metadata, range, reply.head()),
              new PieceReader.Pieces(
                  sessions.ioSize(options.rsize(), sessions.root(call).maxRead()),
                  request.access() == ReadRequest.Access.RANDOM ? 1 : options.inFlight()),
              context.chunks(),
              call);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        client.close(file);
      }
    }
  }

  /** The file's metadata, where it is the version that is asked for. */
  private FileMetadata requested(StoragePath path, Reply reply, ReadRequest request)
      throws StorageException {
    FileMetadata metadata = sidecars.describe(path, reply.attributes(), request.call());
    if (request.ifMatch().isPresent() && !metadata.versionTag().matches(request.ifMatch().get())) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
    }
    return metadata;
  }

  private Reply openThroughLinks(String path, ReadRequest request) throws StorageException {
    try {
      return open(path, request);
    } catch (NfsStatusException e) {
      boolean maybeLink = e.isAny(Status.SYMLINK, Status.WRONG_TYPE, Status.INVAL);
      Optional<NfsLinks.Found> behind =
          maybeLink ? links.find(path, request.call()) : Optional.empty();
      if (behind.isEmpty() && !maybeLink && !NfsStore.isAbsent(e) && !e.isAny(Status.ISDIR)) {
        throw NfsErrors.of(e);
      }
      String target = behind.orElseThrow(() -> notFound(e)).path();
      try {
        return open(target, request);
      } catch (NfsStatusException again) {
        throw NfsStore.isAbsent(again) ? notFound(again) : NfsErrors.of(again);
      } catch (IOException failure) {
        throw NfsErrors.of(failure);
      }
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private static StorageException notFound(NfsStatusException e) {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no such file.", e);
  }

  private Reply open(String path, ReadRequest request) throws IOException {
    Reply reply = open(path, request, smallInARow.get() >= FEW);
    boolean all = reply.isAll(request.range());
    if (!all) {
      smallInARow.set(0);
    } else if (smallInARow.get() < FEW) {
      smallInARow.incrementAndGet();
    }
    return all || !reply.closed() ? reply : open(path, request, false);
  }

  private Reply open(String path, ReadRequest request, boolean closing) throws IOException {
    NfsClient client = sessions.client();
    long owner = client.takeOwner();
    try {
      Reply reply = open(path, request, owner, closing);
      if (reply.closed()) {
        client.giveOwner(owner);
      }
      return reply;
    } catch (NfsStatusException e) {
      client.giveOwner(owner, e);
      throw e;
    }
  }

  private Reply open(String path, ReadRequest request, long owner, boolean closing)
      throws IOException {
    RemoteName name = RemoteName.of(path);
    ByteRange range = request.range();
    boolean fromEnd = range.kind() == ByteRange.Kind.LAST;
    int ahead = fromEnd ? 0 : (int) Math.min(HEAD, range.length());
    long offset = fromEnd ? 0 : range.offset();
    boolean closed = closing && ahead > 0;
    return sessions.call(
        name.parents(),
        start ->
            Request.undoable(
                Request.of(
                    out -> {
                      start.go(out).open(name.name(), OpenMode.READ, owner).getFh().getAttr();
                      if (ahead > 0) {
                        out.read(StateId.CURRENT, offset, ahead);
                      }
                      if (closed) {
                        out.close(StateId.CURRENT);
                      }
                    },
                    in -> {
                      StateId state = in.putFh().lookup(start.names().size()).open();
                      FileHandle handle = in.getFh();
                      Attributes attributes = in.getAttr();
                      ByteBuffer head = ahead > 0 ? in.readView(ahead) : ByteBuffer.allocate(0);
                      if (closed) {
                        in.close();
                      }
                      return new Reply(handle, owner, state, attributes, head, closed);
                    }),
                this::letGo),
        request.call());
  }

  /** Ends what an answer that came too late has opened. */
  private void letGo(Reply late) {
    if (late.closed()) {
      sessions.client().giveOwner(late.owner());
    } else {
      sessions.client().letGo(late.handle(), late.state(), late.owner());
    }
  }
}
