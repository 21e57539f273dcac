package io.diskmap.local;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Copy and move on the disk itself.
 *
 * <p>Thread-safe. A copy moves the bytes inside the system, and through this process only where a
 * checksum is asked for that the source does not have. A move is one rename, and keeps the time of
 * the content; a condition on a new name is held by a link, after which a kill may leave both
 * names. A link, and a target on another file system, are copied and deleted.
 */
final class Copies {
  private static final int BLOCK = 1 << 20;

  private final Disk disk;
  private final OneShot oneShot;
  private final Publisher publisher;
  private final Opening opening;
  private final Deletes deletes;

  Copies(Disk disk, OneShot oneShot, Publisher publisher, Opening opening, Deletes deletes) {
    this.disk = disk;
    this.oneShot = oneShot;
    this.publisher = publisher;
    this.opening = opening;
    this.deletes = deletes;
  }

  FileMetadata copy(Dir root, StoragePath source, StoragePath target, WriteRequest request)
      throws IOException {
    try (StorageReader reader = opening.open(root, source, ReadRequest.all(request.call()))) {
      if (source.equals(target)) {
        return reader.metadata();
      }
      Checks.length(request, reader.metadata().size(), reader.metadata().size());
      return oneShot.save(root, target, request, file -> fill(file, reader, request));
    }
  }

  private static OneShot.Filled fill(FileChannel file, StorageReader reader, WriteRequest request)
      throws IOException {
    FileMetadata source = reader.metadata();
    List<Checksum> checksums = new ArrayList<>(source.checksums());
    Set<ChecksumAlgorithm> wanted = EnumSet.noneOf(ChecksumAlgorithm.class);
    wanted.addAll(request.record());
    request.expected().ifPresent(expected -> wanted.add(expected.algorithm()));
    source.checksums().forEach(known -> wanted.remove(known.algorithm()));
    if (request.expected().isPresent()) {
      wanted.add(request.expected().get().algorithm());
      checksums.removeIf(c -> wanted.contains(c.algorithm()));
    }
    if (wanted.isEmpty()) {
      reader.transferTo(file);
    } else {
      checksums.addAll(copyAndCompute(file, reader, wanted));
    }
    refuseUnexpected(request, checksums);
    Set<ChecksumAlgorithm> keep = EnumSet.noneOf(ChecksumAlgorithm.class);
    keep.addAll(request.record());
    source.checksums().forEach(c -> keep.add(c.algorithm()));
    Sidecar kept = merged(source, request, checksums, keep);
    return new OneShot.Filled(source.size(), checksums, kept);
  }

  private static Sidecar merged(
      FileMetadata source,
      WriteRequest request,
      List<Checksum> checksums,
      Set<ChecksumAlgorithm> keep) {
    return new Sidecar(
        request.contentType().isPresent() ? request.contentType() : source.contentType(),
        checksums.stream().filter(c -> keep.contains(c.algorithm())).toList(),
        request.attributes().isEmpty() ? source.attributes() : request.attributes());
  }

  private static void refuseUnexpected(WriteRequest request, List<Checksum> checksums)
      throws StorageException {
    if (request.expected().isPresent() && !checksums.contains(request.expected().get())) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH,
          "The content does not have the checksum that was expected; nothing was published.");
    }
  }

  private static List<Checksum> copyAndCompute(
      FileChannel file, StorageReader reader, Set<ChecksumAlgorithm> wanted) throws IOException {
    MessageDigest sha256 = wanted.contains(ChecksumAlgorithm.SHA256) ? Checks.newSha256() : null;
    int crc = 0;
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    while (reader.read(block) >= 0) {
      block.flip();
      crc = Crc32c.join(crc, Crc32c.of(block), block.remaining());
      if (sha256 != null) {
        sha256.update(block.duplicate());
      }
      while (block.hasRemaining()) {
        file.write(block);
      }
      block.clear();
    }
    return Publisher.checksums(crc, Optional.ofNullable(sha256).map(Checks::sha256));
  }

  FileMetadata move(Dir root, StoragePath source, StoragePath target, WriteRequest request)
      throws IOException {
    FileMetadata before;
    boolean link;
    try (Lookup.Found found = disk.lookup.find(root, source)) {
      before = disk.sidecars.of(found.version().attrs()).on(found.version().metadata(source));
      link = !found.name().equals(Place.of(source).name());
    }
    if (source.equals(target)) {
      return before;
    }
    Checks.length(request, before.size(), before.size());
    if (link || !wantsNoContent(request, before)) {
      return copyAndDelete(root, source, target, request);
    }
    try {
      return renameRetrying(root, source, target, request);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      return copyAndDelete(root, source, target, request);
    }
  }

  /** Whether nothing about the move needs the bytes: no checksum that is not kept already. */
  private static boolean wantsNoContent(WriteRequest request, FileMetadata source) {
    return request.expected().isEmpty()
        && request.record().stream().allMatch(a -> source.checksum(a).isPresent());
  }

  private FileMetadata copyAndDelete(
      Dir root, StoragePath source, StoragePath target, WriteRequest request) throws IOException {
    FileMetadata copied = copy(root, source, target, request);
    deletes.delete(root, source, DeleteRequest.any(request.call()));
    return copied;
  }

  private FileMetadata renameRetrying(
      Dir root, StoragePath source, StoragePath target, WriteRequest request) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return rename(root, source, target, request);
      } catch (NoSuchFileException pruned) {
        if (!exists(root, source)) {
          throw pruned;
        }
        SafeTree.retryOrRefuse(attempt, pruned);
      }
    }
  }

  private boolean exists(Dir root, StoragePath path) throws IOException {
    try (Lookup.Found found = disk.lookup.find(root, path)) {
      return true;
    } catch (NoSuchFileException missing) {
      return false;
    }
  }

  private FileMetadata rename(
      Dir root, StoragePath source, StoragePath target, WriteRequest request) throws IOException {
    Place from = Place.of(source);
    Place to = Place.of(target);
    boolean durable = request.durability() == Durability.NAME;
    FileMetadata moved;
    try (Dir sourceDir = SafeTree.walk(root, from.parents());
        Dir targetDir = SafeTree.make(root, to.parents(), disk.files, durable)) {
      Optional<Attrs> replaced;
      Attrs identity;
      try (PathLocks.Held lock = disk.lockBoth(source, target, request.call())) {
        identity = sourceDir.stat(from.name());
        if (!identity.isFile()) {
          throw new NoSuchFileException(from.name().toString());
        }
        Sidecar before = disk.sidecars.of(identity);
        Sidecar kept = overlaid(before, request);
        if (!kept.equals(before)) {
          disk.sidecars.write(identity, kept, request.durability() != Durability.NONE);
        }
        boolean done = false;
        try {
          replaced =
              switchOver(root, new Ends(sourceDir, from, targetDir, to, target), identity, request);
          done = true;
        } finally {
          if (!done && !kept.equals(before)) {
            Quietly.run(() -> disk.sidecars.write(identity, before, false));
          }
        }
      }
      replaced
          .filter(old -> old.isFile() && !old.isSameContent(identity))
          .ifPresent(old -> Quietly.run(() -> disk.sidecars.remove(old)));
      if (durable) {
        disk.nameSyncs.sync(targetDir);
        disk.nameSyncs.sync(sourceDir);
      }
      moved = publisher.metadata(targetDir, to.name(), target, identity);
      moved = disk.sidecars.of(identity).on(moved);
    }
    disk.prune(root, from.parents());
    return moved;
  }

  private static Sidecar overlaid(Sidecar before, WriteRequest request) {
    return new Sidecar(
        request.contentType().isPresent() ? request.contentType() : before.contentType(),
        before.checksums(),
        request.attributes().isEmpty() ? before.attributes() : request.attributes());
  }

  /** Both ends of a rename. */
  private record Ends(Dir sourceDir, Place from, Dir targetDir, Place to, StoragePath target) {}

  private Optional<Attrs> switchOver(Dir root, Ends ends, Attrs identity, WriteRequest request)
      throws IOException {
    WriteCondition condition = request.condition();
    for (int attempt = 0; attempt < SafeTree.TRIES; attempt++) {
      Optional<Attrs> old = Publisher.statIfThere(ends.targetDir(), ends.to().name());
      if (old.filter(Attrs::isDirectory).isPresent()) {
        if (!SafeTree.removeEmpty(ends.targetDir(), ends.to().name())) {
          throw Publisher.directoryInTheWay();
        }
        continue;
      }
      if (condition.kind() == WriteCondition.Kind.IF_ABSENT) {
        if (old.isPresent()) {
          throw Publisher.exists();
        }
        if (linkedAndUnlinked(ends)) {
          return Optional.empty();
        }
        continue;
      }
      if (condition.kind() == WriteCondition.Kind.IF_MATCH) {
        publisher.requireMatch(root, ends.target(), condition.tag().orElseThrow());
      }
      ends.sourceDir().rename(ends.from().name(), ends.targetDir(), ends.to().name());
      if (old.filter(o -> o.key().equals(identity.key())).isPresent()) {
        // Two names of one file: the system leaves both, so the source's is taken away.
        ends.sourceDir().deleteFile(ends.from().name());
      }
      return old;
    }
    throw new FileSystemException(
        ends.to().name().toString(), null, "Resource temporarily unavailable: it keeps changing");
  }

  /** False where the name was taken in the same moment. */
  private static boolean linkedAndUnlinked(Ends ends) throws IOException {
    try {
      ends.sourceDir().link(ends.from().name(), ends.targetDir(), ends.to().name());
    } catch (FileAlreadyExistsException taken) {
      return false;
    } catch (FileSystemException e) {
      if (LocalErrors.is(e, ErrorKind.UNSUPPORTED) && textHasOtherDevice(e)) {
        throw new AtomicMoveNotSupportedException(
            e.getFile(), e.getOtherFile(), "cross-device link");
      }
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
      ends.sourceDir().rename(ends.from().name(), ends.targetDir(), ends.to().name());
      return true;
    }
    ends.sourceDir().deleteFile(ends.from().name());
    return true;
  }

  private static boolean textHasOtherDevice(FileSystemException e) {
    return e.getReason() != null && e.getReason().contains("cross-device");
  }
}
