package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Packing;
import io.diskmap.spi.record.RequestText;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The hidden files that keep content types, attributes and checksums: {@code
 * attrs/<xx>/<identity>}.
 *
 * <p>Thread-safe. The identity is the file's own id, size and time of modification; where the
 * server tells no id, a digest of the path stands for it. A sidecar is made under a name that
 * nothing had, so two saves never share one. The names tell nothing of the paths.
 */
final class Sidecars {
  static final String DIRECTORY = "attrs";
  private static final int LARGEST = 64 * 1024;

  /** A sidecar and the save that made it. */
  private record Stored(Sidecar kept, String writeId) {}

  private final StateFiles state;
  private volatile boolean present;

  Sidecars(StateFiles state) {
    this.state = state;
  }

  /** The directory whose presence tells whether there was ever a sidecar. */
  String directory() {
    return state.path(DIRECTORY);
  }

  /** Whether the directory is known to be there. */
  boolean isKnownPresent() {
    return present;
  }

  /** Takes what a look at the directory told. */
  void observed(boolean there) {
    present |= there;
  }

  /** Whether there was ever one, which saves most disks the look for each file. */
  boolean mayHaveAny(Call call) throws StorageException {
    if (!present) {
      observed(state.store().look(directory(), call).isPresent());
    }
    return present;
  }

  /** What is kept of a file. */
  Sidecar of(StoragePath path, RemoteStat file, Call call) throws StorageException {
    return present
        ? read(name(path, file), call).map(Stored::kept).orElse(Sidecar.NONE)
        : Sidecar.NONE;
  }

  private Optional<Stored> read(String name, Call call) throws StorageException {
    Optional<byte[]> bytes = state.store().readSmall(name, LARGEST, call);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Packing.unpack(
          bytes.get(),
          0,
          in ->
              new Stored(
                  new Sidecar(
                      RequestText.readText(in),
                      RequestText.readChecksums(in),
                      RequestText.readAttributes(in)),
                  in.readUTF()));
    } catch (IOException e) {
      throw Quietly.damaged(e);
    }
  }

  /** Keeps something of a file; false where another save has taken the file's identity. */
  boolean write(
      StoragePath path, RemoteStat file, Sidecar kept, String writeId, boolean durable, Call call)
      throws StorageException {
    byte[] block =
        Packing.pack(
            out -> {
              RequestText.write(out, kept.contentType());
              RequestText.write(out, kept.checksums());
              RequestText.write(out, kept.attributes());
              out.writeUTF(writeId);
            });
    String name = name(path, file);
    RemoteFile made;
    try {
      made = state.create(name, call);
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
      return isOwn(name, kept, writeId, call);
    }
    present = true;
    try (RemoteFile open = made) {
      open.write(0, ByteBuffer.wrap(block), call);
      if (durable) {
        open.sync(call);
      }
      open.finish(call);
    }
    return true;
  }

  private boolean isOwn(String name, Sidecar kept, String writeId, Call call)
      throws StorageException {
    return read(name, call).equals(Optional.of(new Stored(kept, writeId)));
  }

  /** Whether there is one for this identity, from whatever save. */
  boolean isTaken(StoragePath path, RemoteStat file, Call call) throws StorageException {
    return state.store().look(name(path, file), call).isPresent();
  }

  /** Removes what is kept of a file that is gone. */
  void remove(StoragePath path, RemoteStat file, Call call) throws StorageException {
    if (present) {
      state.store().remove(name(path, file), call);
    }
  }

  private String name(StoragePath path, RemoteStat file) {
    String id = file.fileId().orElseGet(() -> digest(path));
    int spread =
        (file.fileId().isPresent() ? id.hashCode() : Integer.parseInt(id, 0, 2, 16)) & 0xFF;
    Instant modified = file.modified();
    return directory()
        + '/'
        + "%02x".formatted(spread)
        + '/'
        + id
        + '-'
        + Long.toHexString(file.size())
        + '-'
        + Long.toHexString(modified.getEpochSecond())
        + '.'
        + Integer.toHexString(modified.getNano());
  }

  private static String digest(StoragePath path) {
    MessageDigest digest = Checks.newSha256();
    return HexFormat.of().formatHex(digest.digest(path.utf8()), 0, 16);
  }
}
