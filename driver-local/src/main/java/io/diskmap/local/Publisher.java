package io.diskmap.local;

import io.diskmap.Checksum;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a staged file gets its name, in one step and only if the condition holds.
 *
 * <p>Thread-safe. Without a condition it is a rename over the old file. IF_ABSENT is a link, which
 * the file system refuses where the name exists, and the end of the hidden name; a file system
 * without hard links compares under the lock. IF_MATCH compares under the lock, which all Diskmap
 * writers take that replace or delete. Content and sidecar are durable before; the name is
 * afterwards.
 */
final class Publisher {
  private final Disk disk;
  private volatile boolean linksLacking;

  Publisher(Disk disk) {
    this.disk = disk;
  }

  /**
   * A staged file that is ready: its content is complete and as durable as the request asks.
   *
   * @param parent the open directory that holds it
   * @param staged its hidden name
   * @param path where it goes
   * @param name the last segment of that
   */
  record Ready(Dir parent, Path staged, StoragePath path, Path name) {}

  /** Publishes a file and answers its metadata; a refusal leaves the staged file and the target. */
  FileMetadata publish(
      Dir root, Ready ready, WriteRequest request, List<Checksum> checksums, Sidecar kept)
      throws IOException {
    Attrs identity = ready.parent().stat(ready.staged());
    boolean durable = request.durability() != Durability.NONE;
    if (!kept.isEmpty()) {
      disk.sidecars.write(identity, kept, durable);
    }
    Optional<Attrs> replaced;
    boolean published = false;
    try {
      replaced = switchOver(root, ready, identity, request);
      published = true;
    } finally {
      if (!published && !kept.isEmpty()) {
        Quietly.run(() -> disk.sidecars.remove(identity));
      }
    }
    replaced
        .filter(old -> old.isFile() && !old.isSameContent(identity))
        .ifPresent(old -> Quietly.run(() -> disk.sidecars.remove(old)));
    try {
      if (request.durability() == Durability.NAME) {
        disk.nameSyncs.sync(ready.parent());
      }
      FileMetadata file = metadata(ready.parent(), ready.name(), ready.path(), identity);
      return kept.on(file).withChecksums(checksums);
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.OUTCOME_UNKNOWN,
          "The file has its name, but the file system failed to make the name durable; look at the"
              + " file and the kernel's log.",
          e);
    }
  }

  /** What a request asks to keep beside the content. */
  static Sidecar kept(WriteRequest request, List<Checksum> checksums) {
    return new Sidecar(
        request.contentType(),
        checksums.stream().filter(c -> request.record().contains(c.algorithm())).toList(),
        request.attributes());
  }

  /**
   * The metadata of a file that was published just now, also where another one followed at once.
   */
  FileMetadata metadata(Dir parent, Path name, StoragePath path, Attrs identity)
      throws IOException {
    try {
      Version version = disk.lookup.version(parent, name);
      if (version.attrs().isSameContent(identity)) {
        return version.metadata(path);
      }
    } catch (FileSystemException removedOrStillChanging) {
      if (LocalErrors.is(removedOrStillChanging, ErrorKind.UNAVAILABLE)) {
        throw removedOrStillChanging;
      }
    }
    return replacedMeanwhile(path, identity);
  }

  private static FileMetadata replacedMeanwhile(StoragePath path, Attrs identity) {
    return FileMetadata.file(
        path, identity.size(), identity.modified(), VersionTag.weak("replaced"));
  }

  /** Gives the name; what stood there before, where that was seen. */
  private Optional<Attrs> switchOver(Dir root, Ready ready, Attrs identity, WriteRequest request)
      throws IOException {
    WriteCondition condition = request.condition();
    if (condition.kind() == WriteCondition.Kind.IF_ABSENT && !linksLacking) {
      try {
        takeMode(ready, identity, Optional.empty());
        linkNew(ready, identity);
        return Optional.empty();
      } catch (FileSystemException e) {
        if (e instanceof FileAlreadyExistsException || !LocalErrors.isLacking(e)) {
          throw e;
        }
        linksLacking = true;
      }
    }
    try (PathLocks.Held lock = disk.lock(ready.path(), request.call())) {
      Optional<Attrs> old = statIfThere(ready.parent(), ready.name());
      requireCondition(root, ready, condition, old);
      takeMode(ready, identity, old);
      replace(ready);
      return old;
    }
  }

  /** A replaced file's mode stays; a new file has the mode of the options, whatever the mask. */
  private void takeMode(Ready ready, Attrs identity, Optional<Attrs> old) throws IOException {
    Set<PosixFilePermission> wanted =
        old.filter(Attrs::isFile).map(Attrs::mode).orElse(disk.files.fileMode());
    disk.files.completeMode(ready.parent(), ready.staged(), identity.mode(), wanted);
  }

  private void requireCondition(
      Dir root, Ready ready, WriteCondition condition, Optional<Attrs> old) throws IOException {
    if (condition.kind() == WriteCondition.Kind.IF_ABSENT
        && old.filter(o -> !o.isDirectory()).isPresent()) {
      throw exists();
    }
    if (condition.kind() == WriteCondition.Kind.IF_MATCH) {
      requireMatch(root, ready.path(), condition.tag().orElseThrow());
    }
  }

  /** Refuses another version than this one; under the lock. */
  void requireMatch(Dir root, StoragePath path, VersionTag wanted) throws IOException {
    if (!disk.locks.isSupported()) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The file system gives no locks, so no condition on a version can hold; mount it with"
              + " locking.");
    }
    try (Lookup.Found found = disk.lookup.find(root, path)) {
      if (found.version().tag().matches(wanted)) {
        return;
      }
    } catch (NoSuchFileException missing) {
      throw otherVersion(missing);
    }
    throw otherVersion(null);
  }

  static StorageException otherVersion(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "The file does not have the version that the call names, or it changed too recently to be"
            + " sure; read its metadata again.",
        cause);
  }

  static StorageException exists() {
    return StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.");
  }

  static StorageException directoryInTheWay() {
    return StorageException.of(
        ErrorKind.PATH_CONFLICT,
        "A directory that is not empty stands where the file would be; choose another path.");
  }

  private void linkNew(Ready ready, Attrs identity) throws IOException {
    for (int attempt = 0; attempt < SafeTree.TRIES; attempt++) {
      try {
        ready.parent().link(ready.staged(), ready.parent(), ready.name());
        ready.parent().deleteFile(ready.staged());
        return;
      } catch (FileAlreadyExistsException taken) {
        Optional<Attrs> standing = statIfThere(ready.parent(), ready.name());
        if (standing.isEmpty()) {
          continue;
        }
        if (standing.get().key().equals(identity.key())) {
          ready.parent().deleteFile(ready.staged());
          return;
        }
        if (!standing.get().isDirectory()) {
          throw exists();
        }
        if (!SafeTree.removeEmpty(ready.parent(), ready.name())) {
          throw directoryInTheWay();
        }
      }
    }
    throw keepsChanging(ready.name());
  }

  private void replace(Ready ready) throws IOException {
    for (int attempt = 0; attempt < SafeTree.TRIES; attempt++) {
      try {
        ready.parent().rename(ready.staged(), ready.parent(), ready.name());
        return;
      } catch (FileSystemException e) {
        if (statIfThere(ready.parent(), ready.name()).filter(Attrs::isDirectory).isEmpty()) {
          if (LocalErrors.is(e, ErrorKind.PATH_CONFLICT)) {
            continue;
          }
          throw e;
        }
        if (!SafeTree.removeEmpty(ready.parent(), ready.name())) {
          throw directoryInTheWay();
        }
      }
    }
    throw keepsChanging(ready.name());
  }

  private static FileSystemException keepsChanging(Path name) {
    return new FileSystemException(
        name.toString(), null, "Resource temporarily unavailable: it keeps changing");
  }

  static Optional<Attrs> statIfThere(Dir parent, Path name) throws IOException {
    try {
      return Optional.of(parent.stat(name));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** The checksums that a save answers, the one of all chunks first. */
  static List<Checksum> checksums(int crc32c, Optional<Checksum> sha256) {
    return Stream.concat(Stream.of(Checksum.crc32c(crc32c)), sha256.stream()).toList();
  }
}
