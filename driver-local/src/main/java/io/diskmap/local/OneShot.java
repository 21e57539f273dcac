package io.diskmap.local;

import io.diskmap.Checksum;
import io.diskmap.Durability;
import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A save in one go: make, fill, force, publish.
 *
 * <p>Thread-safe. It takes a slot of {@link SaveTable} for as long as its hidden name exists and
 * leaves no record behind: on a local disk no answer is lost between the rename and the caller but
 * with the caller itself.
 */
final class OneShot {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Disk disk;
  private final Publisher publisher;
  private final Staging staging;

  /** Writes the content. */
  @FunctionalInterface
  interface Filling {
    Filled fill(FileChannel file) throws IOException;
  }

  /**
   * What was written.
   *
   * @param length how many bytes
   * @param checksums that are known of them
   * @param kept what is kept beside them
   */
  record Filled(long length, List<Checksum> checksums, Sidecar kept) {}

  OneShot(Disk disk, Publisher publisher) {
    this.disk = disk;
    this.publisher = publisher;
    this.staging = new Staging(disk);
  }

  FileMetadata save(Dir root, StoragePath path, WriteRequest request, Filling filling)
      throws IOException {
    disk.enter();
    try {
      return saveRecorded(root, path, request, filling);
    } finally {
      disk.leave();
    }
  }

  private FileMetadata saveRecorded(
      Dir root, StoragePath path, WriteRequest request, Filling filling) throws IOException {
    int slot = disk.saves.begin(SaveTable.Kind.STAGED, request.writeId(), path);
    boolean clean = true;
    try {
      Staging.Staged staged = staging.create(root, path, request.writeId(), request.durability());
      clean = false;
      try (Dir parent = staged.parent()) {
        boolean published = false;
        try {
          FileMetadata saved = fillAndPublish(root, staged, path, request, filling);
          published = true;
          return saved;
        } finally {
          clean = published || Quietly.run(() -> removeStaged(parent, staged.name()));
        }
      }
    } finally {
      if (clean) {
        Quietly.run(() -> disk.saves.end(slot));
      }
    }
  }

  private FileMetadata fillAndPublish(
      Dir root, Staging.Staged staged, StoragePath path, WriteRequest request, Filling filling)
      throws IOException {
    Filled filled;
    try (FileChannel file = staged.file()) {
      filled = filling.fill(file);
      Checks.stored(file.size(), filled.length());
      if (request.durability() != Durability.NONE) {
        force(file);
      }
    }
    Publisher.Ready ready =
        new Publisher.Ready(staged.parent(), staged.name(), path, Place.of(path).name());
    request.call().effect();
    return publisher.publish(root, ready, request, filled.checksums(), filled.kept());
  }

  /** Forces the content; where that took long, dates the file anew: it is not born old. */
  private static void force(FileChannel file) throws IOException {
    long start = System.nanoTime();
    file.force(false);
    if (System.nanoTime() - start > FRESH.toNanos() && file.size() > 0) {
      ByteBuffer last = ByteBuffer.allocate(1);
      file.read(last, file.size() - 1);
      file.write(last.flip(), file.size() - 1);
      file.force(false);
    }
  }

  private static void removeStaged(Dir parent, Path staged) throws IOException {
    if (Publisher.statIfThere(parent, staged).isPresent()) {
      parent.deleteFile(staged);
    }
  }
}
