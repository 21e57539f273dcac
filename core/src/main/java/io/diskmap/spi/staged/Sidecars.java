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
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The hidden files that keep content types, attributes and checksums: {@code
 * attrs/<xx>/<identity>}.
 *
 * <p>Thread-safe. The identity is the file's own id, size and time of modification; where the
 * server tells no id, a digest of the path stands for it. A sidecar is made under a name that
 * nothing had, so two saves never share one. It tells where its file stands until it is published,
 * so that it is taken for no other file of the same identity. The names tell nothing of the paths.
 */
final class Sidecars {
  static final String DIRECTORY = "attrs";
  private static final int LARGEST = 64 * 1024;

  /**
   * A sidecar, the save that made it, where its file stands before it is published, and where
   * after; no path where it was not noted.
   */
  record Stored(Sidecar kept, String writeId, String waitsAt, String path) {}

  private final StateFiles state;
  private final StoreClock clock;
  private final DeadSidecars dead;
  private volatile boolean present;

  Sidecars(StateFiles state, StoreClock clock, DeadSidecars dead) {
    this.state = state;
    this.clock = clock;
    this.dead = dead;
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
    if (!present) {
      return Sidecar.NONE;
    }
    Optional<Stored> stored = read(name(path, file), call);
    boolean other =
        stored.isPresent() && canBeAnothers(file) && dead.isWaiting(stored.get(), file, call);
    return other ? Sidecar.NONE : stored.map(Stored::kept).orElse(Sidecar.NONE);
  }

  /** Whether a newer file can have or get the same identity. */
  private boolean canBeAnothers(RemoteStat file) {
    return file.fileId().isEmpty() && !clock.isSettled(file.modified());
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
                  in.readUTF(),
                  in.readUTF(),
                  in.available() > 0 ? in.readUTF() : ""));
    } catch (IOException e) {
      throw Quietly.damaged(e);
    }
  }

  /** Keeps something of a file; false where another save has taken the file's identity. */
  boolean write(StoragePath path, RemoteStat file, Stored stored, boolean durable, Call call)
      throws StorageException {
    Sidecar kept = stored.kept();
    byte[] block =
        Packing.pack(
            out -> {
              RequestText.write(out, kept.contentType());
              RequestText.write(out, kept.checksums());
              RequestText.write(out, kept.attributes());
              out.writeUTF(stored.writeId());
              out.writeUTF(stored.waitsAt());
              out.writeUTF(stored.path());
            });
    String name = name(path, file);
    RemoteFile made;
    try {
      made = state.create(name, call);
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.ALREADY_EXISTS) {
        throw e;
      }
      present = true;
      if (read(name, call).equals(Optional.of(stored))) {
        return true;
      }
      if (file.fileId().isPresent() || !isFreed(name, path, file, call)) {
        return false;
      }
      return write(path, file, stored, durable, call);
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

  private boolean isFreed(String name, StoragePath path, RemoteStat file, Call call)
      throws StorageException {
    return dead.remove(name, path, file, n -> read(n, call), call);
  }

  /** Whether there is one for this identity, from whatever save whose file is still about. */
  boolean isTaken(StoragePath path, RemoteStat file, Call call) throws StorageException {
    String name = name(path, file);
    return state.store().look(name, call).isPresent() && !isFreed(name, path, file, call);
  }

  /** Removes what was written for a file that was not published after all. */
  void takeBack(StoragePath path, RemoteStat file, Call call) throws StorageException {
    state.store().remove(name(path, file), call);
  }

  /** Removes what is kept of a file that is gone, unless it belongs to a newer one. */
  void remove(StoragePath path, RemoteStat file, Call call) throws StorageException {
    if (!present) {
      return;
    }
    if (canBeAnothers(file)) {
      isFreed(name(path, file), path, file, call);
    } else {
      state.store().remove(name(path, file), call);
    }
  }

  /** Removes those of this age whose files are gone, as many as a short time allows. */
  void sweep(Duration age, SidecarSweep.Captures captures, Call call) throws StorageException {
    new SidecarSweep(state, dead, clock, n -> read(n, call)).run(age, captures, call);
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
