package io.diskmap.spi.staged;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Sidecar;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Copies a file inside the server, published like a save.
 *
 * <p>Thread-safe. A source that changes on the way, or a sum that nobody has computed, takes the
 * way through this process.
 */
final class StagedCopy {
  private final StagedDisk disk;
  private final Staging staging;

  StagedCopy(StagedDisk disk) {
    this.disk = disk;
    this.staging = new Staging(disk);
  }

  /** Copies; empty where that takes the way through this process, and nothing has happened. */
  Optional<FileMetadata> copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Call call = request.call();
    RemoteStat file =
        disk.store
            .look(source.value(), call)
            .orElseThrow(
                () ->
                    StorageException.of(
                        ErrorKind.NOT_FOUND, "There is no file at the path to copy from."));
    disk.sidecars.mayHaveAny(call);
    Sidecar before = disk.sidecars.of(source, file, call);
    if (!file.isFile()
        || request.expected().isPresent()
        || !algorithms(before.checksums()).containsAll(request.record())) {
      return Optional.empty();
    }
    Sidecar kept =
        new Sidecar(
            request.contentType().or(before::contentType),
            before.checksums(),
            request.attributes().isEmpty() ? before.attributes() : request.attributes());
    StageTable table = disk.enterTable(call);
    boolean clean = true;
    StorageException failure = null;
    try {
      table.cover(RemotePaths.parent(target.value()), call);
      clean = false;
      disk.late.stop(request.writeId(), call);
      Optional<FileMetadata> saved = save(source, file, target, request, kept);
      clean = saved.isPresent();
      return saved;
    } catch (StorageException e) {
      failure = e;
      throw e;
    } finally {
      if (clean) {
        table.leave(true, Cleaning.fresh(call));
      } else {
        new StagedAbort(disk).abort(table, target, request.writeId(), failure, call);
      }
    }
  }

  private static Set<ChecksumAlgorithm> algorithms(List<Checksum> checksums) {
    return checksums.stream().map(Checksum::algorithm).collect(Collectors.toSet());
  }

  private Optional<FileMetadata> save(
      StoragePath source, RemoteStat seen, StoragePath target, WriteRequest request, Sidecar kept)
      throws StorageException {
    Call call = request.call();
    boolean durable = request.durability() != Durability.NONE;
    RemoteStore.Begun begun = staging.begin(target, request.writeId(), call);
    RemoteStat stat;
    try (RemoteFile file = begun.file()) {
      StagedPut.refuseEarly(begun.target(), request.condition());
      if (!file.copyFrom(source.value(), seen.size(), call)) {
        return Optional.empty();
      }
      ByteBuffer last = ByteBuffer.allocate(seen.size() == 0 ? 0 : 1);
      if (last.hasRemaining()) {
        file.read(seen.size() - 1, last, call);
        last.flip();
      }
      long offset = Math.max(0, seen.size() - 1);
      stat =
          file.complete(
              new RemoteFile.Completion(
                  offset,
                  last,
                  staging.mode(begun.target()),
                  durable,
                  disk.timeAmongOthers(begun.again(), call)),
              call);
    }
    boolean same =
        stat.size() == seen.size()
            && disk.store.look(source.value(), call).filter(seen::isSame).isPresent();
    if (!same) {
      return Optional.empty();
    }
    disk.clock.observe(stat.modified());
    RemoteStat published =
        new Publisher(disk)
            .publish(
                new Publisher.Ready(
                    RemotePaths.hidden(target, request.writeId()),
                    target,
                    stat,
                    begun.target(),
                    request.condition(),
                    kept,
                    request.writeId(),
                    durable,
                    begun.again()),
                call);
    return Optional.of(kept.on(disk.metadata(target, published)));
  }
}
