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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Opens files for reading: one compound opens, looks and reads the first bytes, so a small file
 * takes one round trip. Thread-safe.
 */
final class Opening {
  private static final int HEAD = 64 * 1024;

  private final DriverContext context;
  private final NfsOptions options;
  private final NfsSessions sessions;
  private final NfsLinks links;
  private final Sidecars sidecars;

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
      FileHandle handle, long owner, StateId state, Attributes attributes, ByteBuffer head) {}

  StorageReader open(StoragePath path, ReadRequest request) throws StorageException {
    Call call = request.call();
    NfsClient client = sessions.client();
    Reply reply = openThroughLinks(path.value(), request);
    var file = client.adopt(reply.handle(), OpenMode.READ, reply.owner(), reply.state());
    boolean opened = false;
    try {
      FileMetadata metadata = sidecars.describe(path, reply.attributes(), call);
      if (request.ifMatch().isPresent()
          && !metadata.versionTag().matches(request.ifMatch().get())) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
      }
      StorageReader reader =
          new NfsReader(
              sessions,
              new NfsReader.Opened(file, reply.attributes(), reply.head(), metadata),
              request.range().within(reply.attributes().size()),
              call,
              context.chunks(),
              sessions.ioSize(options.rsize(), sessions.root(call).maxRead()),
              request.access() == ReadRequest.Access.RANDOM ? 1 : options.inFlight());
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        client.close(file);
      }
    }
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
    NfsClient client = sessions.client();
    long owner = client.takeOwner();
    try {
      return open(path, request, owner);
    } catch (NfsStatusException e) {
      client.giveOwner(owner, e);
      throw e;
    }
  }

  private Reply open(String path, ReadRequest request, long owner) throws IOException {
    RemoteName name = RemoteName.of(path);
    ByteRange range = request.range();
    boolean fromEnd = range.kind() == ByteRange.Kind.LAST;
    int ahead = fromEnd ? 0 : (int) Math.min(HEAD, range.length());
    long offset = fromEnd ? 0 : range.offset();
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
                    },
                    in -> {
                      StateId state = in.putFh().lookup(start.names().size()).open();
                      FileHandle handle = in.getFh();
                      Attributes attributes = in.getAttr();
                      ByteBuffer head = ByteBuffer.allocate(ahead);
                      if (ahead > 0) {
                        in.read(head);
                      }
                      return new Reply(handle, owner, state, attributes, head.flip());
                    }),
                late -> sessions.client().letGo(late.handle(), late.state(), owner)),
        request.call());
  }
}
