package io.diskmap.spi.staged;

import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Sidecar;
import java.util.List;
import java.util.Optional;

/**
 * Moves a file on the server: one rename, or with IF_ABSENT a further name and the end of the
 * first.
 *
 * <p>Thread-safe. A crash leaves the file at one of the two paths, or at both, never at none.
 */
final class StagedMove {
  private final StagedDisk disk;

  StagedMove(StagedDisk disk) {
    this.disk = disk;
  }

  /** Moves; empty where it takes a copy and a delete, and nothing has happened. */
  Optional<FileMetadata> move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Call call = request.call();
    RemoteStat file =
        disk.store
            .look(source.value(), call)
            .filter(stat -> stat.kind() != RemoteStat.Kind.DIRECTORY)
            .orElseThrow(StagedMove::missing);
    boolean absent = request.condition().kind() == WriteCondition.Kind.IF_ABSENT;
    boolean able = absent ? disk.options.canLinkNew() : disk.options.canReplace();
    if (!file.isFile() || !able || !request.record().isEmpty() || request.expected().isPresent()) {
      return Optional.empty();
    }
    disk.sidecars.mayHaveAny(call);
    Sidecar kept = kept(disk.sidecars.of(source, file, call), request);
    Optional<RemoteStat> old = disk.store.look(target.value(), call);
    StagedPut.refuseEarly(old, request.condition());
    boolean ownName = file.fileId().isEmpty();
    if (ownName && old.isPresent() && old.get().isFile() && old.get().isSame(file)) {
      return Optional.empty();
    }
    boolean sidecar = !kept.isEmpty() && (ownName || !request.attributes().isEmpty());
    Sidecars.Stored stored =
        new Sidecars.Stored(kept, request.writeId(), source.value(), target.value());
    if (sidecar && !disk.sidecars.write(target, file, stored, true, call)) {
      return Optional.empty();
    }
    boolean bare = !sidecar && ownName && disk.sidecars.isKnownPresent();
    if (bare && disk.sidecars.isTaken(target, file, call)) {
      return Optional.empty();
    }
    if (absent) {
      link(source, target, file, call);
    } else {
      rename(source, target, file, call);
    }
    Quietly.run(
        () -> {
          if (ownName) {
            disk.sidecars.remove(source, file, call);
          }
          disk.directories.prune(source.value(), call);
        });
    return Optional.of(kept.on(disk.metadata(target, file)));
  }

  private static Sidecar kept(Sidecar before, WriteRequest request) {
    List<Checksum> checksums = before.checksums();
    return new Sidecar(
        request.contentType().or(before::contentType),
        checksums,
        request.attributes().isEmpty() ? before.attributes() : request.attributes());
  }

  private void rename(StoragePath source, StoragePath target, RemoteStat file, Call call)
      throws StorageException {
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        disk.store.replace(source.value(), target.value(), call);
        return;
      } catch (StorageException e) {
        if (Cleaning.isOpen(e)) {
          if (isMoved(source, target, file, call, e)) {
            return;
          }
          Repeat.pause(call, attempt, e);
        } else if (e.kind() == ErrorKind.NOT_FOUND) {
          makeWay(source, target, call);
        } else if (e.kind() != ErrorKind.PATH_CONFLICT
            || !disk.directories.removeEmpty(target.value(), call)) {
          throw e;
        }
      }
    }
    throw Publisher.keepsChanging();
  }

  private void link(StoragePath source, StoragePath target, RemoteStat file, Call call)
      throws StorageException {
    boolean mayBeOurs = false;
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        disk.store.linkNew(source.value(), target.value(), call);
        break;
      } catch (StorageException e) {
        if (Cleaning.isOpen(e)) {
          mayBeOurs = true;
          if (isLinked(source, target, file, call, e)) {
            break;
          }
          Repeat.pause(call, attempt, e);
        } else if (e.kind() == ErrorKind.NOT_FOUND) {
          makeWay(source, target, call);
        } else if (e.kind() == ErrorKind.ALREADY_EXISTS) {
          if (mayBeOurs && isLinked(source, target, file, call, e)) {
            break;
          }
          Optional<RemoteStat> there = disk.store.look(target.value(), call);
          if (there.isPresent() && !there.get().isDirectory()) {
            throw Publisher.exists();
          }
          if (there.isPresent() && !disk.directories.removeEmpty(target.value(), call)) {
            throw Publisher.directoryInTheWay();
          }
        } else {
          throw e;
        }
      }
    }
    Repeat.run(call, () -> disk.store.remove(source.value(), call));
  }

  /** Whether the target has got the file whose link's answer was lost. */
  private boolean isLinked(
      StoragePath source, StoragePath target, RemoteStat file, Call call, StorageException why)
      throws StorageException {
    return Settling.settle(
        why,
        call,
        settling ->
            disk.store.look(target.value(), settling).filter(file::isSame).isPresent()
                && (disk.store.look(source.value(), settling).isEmpty()
                    || disk.store.isSameFile(source.value(), target.value(), settling)),
        linked -> linked);
  }

  private void makeWay(StoragePath source, StoragePath target, Call call) throws StorageException {
    if (disk.store.look(source.value(), call).isEmpty()) {
      throw missing();
    }
    disk.directories.make(RemotePaths.parent(target.value()), call);
  }

  private boolean isMoved(
      StoragePath source, StoragePath target, RemoteStat file, Call call, StorageException why)
      throws StorageException {
    return Settling.settle(
        why,
        call,
        settling -> {
          if (disk.store.look(source.value(), settling).isPresent()) {
            return false;
          }
          if (disk.store.look(target.value(), settling).filter(file::isSame).isPresent()) {
            return true;
          }
          throw Cleaning.unknown(why);
        },
        moved -> moved);
  }

  private static StorageException missing() {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no file at the path to move from.");
  }
}
