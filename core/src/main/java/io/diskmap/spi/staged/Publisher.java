package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.record.Sidecar;
import java.util.Optional;

/**
 * The one place where a staged file gets its name, in one step and only if the condition holds.
 *
 * <p>Thread-safe. Without a condition it is a rename over the old file. IF_ABSENT is a link, which
 * the server refuses where the name exists, and the end of the hidden name. A server that replaces
 * no open file says BUSY, and the disk may allow several steps for that. The sidecar stands before.
 * A lost answer is settled by looking for the hidden name, which nobody else renames.
 */
final class Publisher {
  private final StagedDisk disk;
  private final LateRequests late;

  Publisher(StagedDisk disk) {
    this.disk = disk;
    this.late = new LateRequests(disk);
  }

  /**
   * A staged file that is ready: closed, complete, and as durable as the request asks.
   *
   * @param staged its hidden path
   * @param path where it goes
   * @param stat what the server told of it
   * @param old what stood at the target
   * @param condition NONE or IF_ABSENT
   * @param kept what its sidecar keeps
   * @param writeId whose save it is
   * @param durable whether the sidecar is to be durable
   * @param again whether another process or connection had the file in hand too, which may have
   *     published it, and for which the server may still do something
   */
  record Ready(
      String staged,
      StoragePath path,
      RemoteStat stat,
      Optional<RemoteStat> old,
      WriteCondition condition,
      Sidecar kept,
      String writeId,
      boolean durable,
      boolean again) {
    /** What its sidecar holds. */
    Sidecars.Stored stored() {
      return new Sidecars.Stored(kept, writeId, staged, path.value());
    }

    /** The same, once it is known what stands at the target. */
    Ready over(Optional<RemoteStat> old, boolean again) {
      return new Ready(staged, path, stat, old, condition, kept, writeId, durable, again);
    }
  }

  /**
   * Publishes a file and answers how it is dated; a refusal leaves the staged file and the target.
   */
  RemoteStat publish(Ready ready, Call call) throws StorageException {
    boolean marked = ready.stat().fileId().isEmpty() && disk.sidecars.isKnownPresent();
    Optional<RemoteStat> old = marked ? disk.store.look(ready.path().value(), call) : ready.old();
    RemoteStat stat = claimIdentity(ready, old, call);
    boolean published = false;
    try {
      name(ready, stat, call);
      published = true;
    } finally {
      if (!published) {
        takeBack(ready, stat, Cleaning.fresh(call));
      }
    }
    forget(ready, ready.old(), stat, call);
    if (marked && !old.equals(ready.old())) {
      forget(ready, old, stat, call);
    }
    return ready.again() ? late.settled(ready, stat, call) : stat;
  }

  private void name(Ready ready, RemoteStat stat, Call call) throws StorageException {
    try {
      if (ready.condition().kind() == WriteCondition.Kind.IF_ABSENT) {
        linkNew(ready, call);
      } else if (disk.options.canReplace()) {
        replace(ready, call);
      } else {
        new StepwiseReplace(disk).replace(ready, call);
      }
    } catch (StorageException e) {
      boolean mayBeDone = ready.again() && e.kind() == ErrorKind.NOT_FOUND;
      if (!mayBeDone || !late.isPublished(ready, stat, call)) {
        throw e;
      }
    }
  }

  private void forget(Ready ready, Optional<RemoteStat> old, RemoteStat stat, Call call) {
    old.filter(file -> file.isFile() && !file.isSame(stat))
        .ifPresent(file -> Quietly.run(() -> disk.sidecars.remove(ready.path(), file, call)));
  }

  /**
   * Writes the sidecar, or makes sure that no other save's is taken for this file's. Where the
   * server tells no file ids, the file also gets another time than the one that it replaces: an odd
   * second with a sidecar and an even one without, since who has none claims nothing.
   */
  private RemoteStat claimIdentity(Ready ready, Optional<RemoteStat> old, Call call)
      throws StorageException {
    RemoteStat stat = ready.stat();
    boolean marked =
        stat.fileId().isEmpty() && (!ready.kept().isEmpty() || disk.sidecars.isKnownPresent());
    for (int attempt = 0; attempt < Directories.TRIES; attempt++) {
      boolean confused =
          marked && (old.filter(stat::isSame).isPresent() || !isOfItsKind(stat, ready.kept()));
      if (!confused && isOwnIdentity(ready, stat, call)) {
        Optional<RemoteStat> now =
            ready.again() ? late.redated(ready.staged(), stat, call) : Optional.empty();
        if (now.isEmpty()) {
          return stat;
        }
        takeBack(ready, stat, call);
        stat = now.get();
        continue;
      }
      try (RemoteFile file = disk.store.open(ready.staged(), call)) {
        stat = file.later(stat, call);
        if (ready.durable()) {
          file.sync(call);
        }
        file.finish(call);
      }
    }
    throw StorageException.of(
        ErrorKind.BUSY, "Too many saves of one path in the same moment; try again later.");
  }

  private static boolean isOfItsKind(RemoteStat stat, Sidecar kept) {
    boolean odd = (stat.modified().getEpochSecond() & 1) == 1;
    return odd != kept.isEmpty();
  }

  private void takeBack(Ready ready, RemoteStat stat, Call call) {
    if (!ready.kept().isEmpty()) {
      Quietly.run(() -> disk.sidecars.takeBack(ready.path(), stat, call));
    }
  }

  private boolean isOwnIdentity(Ready ready, RemoteStat stat, Call call) throws StorageException {
    if (!ready.kept().isEmpty()) {
      return disk.sidecars.write(ready.path(), stat, ready.stored(), ready.durable(), call);
    }
    return stat.fileId().isPresent()
        || !disk.sidecars.isKnownPresent()
        || !disk.sidecars.isTaken(ready.path(), stat, call);
  }

  private void replace(Ready ready, Call call) throws StorageException {
    String target = ready.path().value();
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        disk.store.replace(ready.staged(), target, call);
        return;
      } catch (StorageException e) {
        if (Cleaning.isOpen(e)) {
          if (isGone(ready.staged(), call, e)) {
            return;
          }
          Repeat.pause(call, attempt, e);
        } else if (e.kind() == ErrorKind.BUSY && disk.options.replaceInSteps()) {
          new StepwiseReplace(disk).replace(ready, call);
          return;
        } else if (e.kind() != ErrorKind.PATH_CONFLICT
            || !disk.directories.removeEmpty(target, call)) {
          throw e;
        }
      }
    }
    throw keepsChanging();
  }

  /** Whether the hidden name is gone, so that the rename happened whose answer was lost. */
  boolean isGone(String staged, Call call, StorageException why) throws StorageException {
    return Settling.settle(
            why, call, settling -> disk.store.look(staged, settling), Optional::isEmpty)
        .isEmpty();
  }

  private void linkNew(Ready ready, Call call) throws StorageException {
    String target = ready.path().value();
    boolean mayBeOurs = ready.again();
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        disk.store.linkNew(ready.staged(), target, call);
        removeHidden(ready, call);
        return;
      } catch (StorageException e) {
        if (Cleaning.isOpen(e)) {
          mayBeOurs = true;
          if (isLinked(ready, call, e)) {
            removeHidden(ready, call);
            return;
          }
          Repeat.pause(call, attempt, e);
        } else if (e.kind() != ErrorKind.ALREADY_EXISTS) {
          throw e;
        } else if (mayBeOurs && isLinked(ready, call, e)) {
          removeHidden(ready, call);
          return;
        } else {
          requireNoFile(target, call);
        }
      }
    }
    throw keepsChanging();
  }

  private void removeHidden(Ready ready, Call call) {
    Call cleaning = Cleaning.after(call);
    Quietly.run(() -> disk.store.remove(ready.staged(), cleaning));
  }

  private boolean isLinked(Ready ready, Call call, StorageException why) throws StorageException {
    String target = ready.path().value();
    return Settling.settle(
        why,
        call,
        settling ->
            disk.store.look(target, settling).filter(RemoteStat::isFile).isPresent()
                && disk.store.isSameFile(ready.staged(), target, settling),
        linked -> linked);
  }

  private void requireNoFile(String target, Call call) throws StorageException {
    Optional<RemoteStat> there = disk.store.look(target, call);
    if (there.isEmpty()) {
      return;
    }
    if (!there.get().isDirectory()) {
      throw exists();
    }
    if (!disk.directories.removeEmpty(target, call)) {
      throw directoryInTheWay();
    }
  }

  static StorageException exists() {
    return StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.");
  }

  static StorageException directoryInTheWay() {
    return StorageException.of(
        ErrorKind.PATH_CONFLICT,
        "A directory that is not empty stands where the file would be; choose another path.");
  }

  static StorageException keepsChanging() {
    return StorageException.of(
        ErrorKind.BUSY, "What stands at the path keeps changing; try again later.");
  }
}
