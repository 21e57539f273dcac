package io.diskmap.catalog;

import io.diskmap.ByteRange;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Sends the files of one task: large ones in chunks that outlive a crash of either side, small ones
 * in one exchange. Thread-safe.
 */
final class FileSender {
  /** Files up to this size go in one exchange when the task is published. */
  static final long SMALL = 1024 * 1024;

  private final Storage storage;
  private final HeldTask task;
  private final ExecutorService threads;
  private final int parallel;
  private final Semaphore chunks;

  FileSender(Storage storage, HeldTask task, ExecutorService threads, int parallel) {
    this.storage = storage;
    this.task = task;
    this.threads = threads;
    this.parallel = parallel;
    this.chunks = new Semaphore(2 * parallel);
  }

  /** Sends the missing chunks of a large file, of which nothing is visible yet. */
  String stage(CollectedFile file, Path source) throws StorageException {
    Upload upload = open(file);
    try {
      List<ByteRange> missing = missing(upload, file.size());
      if (missing.size() > 1) {
        Parallel.forEach(threads, parallel, missing, chunk -> send(upload, source, chunk));
      } else {
        for (ByteRange chunk : missing) {
          send(upload, source, chunk);
        }
      }
      return upload.id();
    } finally {
      upload.detach();
    }
  }

  private Upload open(CollectedFile file) throws StorageException {
    if (file.uploadId().isPresent()) {
      try {
        return storage.resumeUpload(file.uploadId().get());
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.NOT_FOUND) {
          throw e;
        }
      }
    }
    Upload upload = storage.beginUpload(file.path(), options(file));
    try {
      task.staging(file.number(), Optional.of(upload.id()));
      return upload;
    } catch (StorageException e) {
      upload.abort();
      throw e;
    }
  }

  private static SaveOptions options(CollectedFile file) {
    return SaveOptions.defaults()
        .withExpectedLength(file.size())
        .withExpectedChecksum(new Checksum(ChecksumAlgorithm.CRC32C, file.crc32c()));
  }

  /** The chunks that the storage does not have, each as long as the storage asks for. */
  private static List<ByteRange> missing(Upload upload, long size) throws StorageException {
    List<ByteRange> received = upload.received();
    List<ByteRange> missing = new ArrayList<>();
    for (long at = 0; at < size; at += upload.chunkSize()) {
      long offset = at;
      long length = Math.min(upload.chunkSize(), size - at);
      boolean there =
          received.stream()
              .anyMatch(
                  range ->
                      range.offset() <= offset
                          && range.offset() + range.length() >= offset + length);
      if (!there) {
        missing.add(ByteRange.of(offset, length));
      }
    }
    return missing;
  }

  private void send(Upload upload, Path source, ByteRange chunk) throws StorageException {
    try {
      chunks.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StorageException.of(ErrorKind.CANCELLED, "The caller was interrupted.", e);
    }
    try {
      upload.write(chunk.offset(), Content.of(read(source, chunk)));
      task.goOn();
    } finally {
      chunks.release();
    }
  }

  private static ByteBuffer read(Path source, ByteRange chunk) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocate((int) chunk.length());
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, chunk.offset() + bytes.position()) < 0) {
          throw changed(null);
        }
      }
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.SOURCE_FAILED, "A file of the task's output cannot be read.", e);
    }
    return bytes.flip();
  }

  /** Makes a file appear whole on the storage. */
  void publish(CollectedFile file, Path source, Optional<String> staged) throws StorageException {
    try {
      if (staged.isPresent()) {
        try (Upload upload = storage.resumeUpload(staged.get())) {
          commit(upload, file.size());
        }
      } else {
        storage.save(file.path(), Content.of(source), options(file));
      }
    } catch (StorageException e) {
      if (isOtherContent(e) && staged.isPresent()) {
        task.staging(file.number(), Optional.empty());
      }
      throw isOtherContent(e) ? changed(e) : e;
    }
    task.uploaded(file.number());
  }

  /** A commit that fails keeps what is staged, for the next try. */
  private static void commit(Upload upload, long size) throws StorageException {
    try {
      upload.commit(size);
    } catch (StorageException e) {
      if (!isOtherContent(e)) {
        upload.detach();
      }
      throw e;
    }
  }

  private static boolean isOtherContent(StorageException failure) {
    return failure.kind() == ErrorKind.CHECKSUM_MISMATCH
        || failure.kind() == ErrorKind.LENGTH_MISMATCH;
  }

  private static StorageException changed(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.SOURCE_FAILED,
        "A file of the task's output changed while it was collected; collect a directory that"
            + " nobody writes to.",
        cause);
  }
}
