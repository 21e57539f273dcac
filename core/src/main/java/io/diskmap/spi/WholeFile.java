package io.diskmap.spi;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Put, copy and move by means of a driver's reader and writer. Stateless. */
final class WholeFile {
  private WholeFile() {}

  static FileMetadata put(
      StorageDriver driver,
      StoragePath path,
      Chunk content,
      CommitRequest commit,
      WriteRequest request)
      throws StorageException {
    boolean taken = false;
    try (StorageWriter writer = driver.openWrite(path, request)) {
      if (content.length() > 0) {
        taken = true;
        writer.write(0, content, request.call());
      }
      return writer.commit(commit);
    } finally {
      if (!taken) {
        content.release();
      }
    }
  }

  static FileMetadata copy(
      StorageDriver driver, StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Call call = request.call();
    try (StorageReader reader = driver.openRead(source, ReadRequest.all(call))) {
      WriteRequest sized = withLengthAndAttributes(request, reader.metadata());
      try (StorageWriter writer = driver.openWrite(target, sized)) {
        long offset = 0;
        ByteBuffer block = ByteBuffer.allocateDirect(writer.chunkSize());
        for (boolean more = true; more; ) {
          more = fill(reader, block);
          if (block.position() > 0) {
            Chunk chunk = Chunk.wrap(block.flip());
            int length = chunk.length();
            writer.write(offset, chunk, call);
            writer.flush(call);
            offset += length;
            call.progressed();
          }
          block.clear();
        }
        return writer.commit(new CommitRequest(offset, List.of(), call));
      }
    }
  }

  private static boolean fill(StorageReader reader, ByteBuffer block) throws StorageException {
    while (block.hasRemaining()) {
      if (reader.read(block) < 0) {
        return false;
      }
    }
    return true;
  }

  private static WriteRequest withLengthAndAttributes(WriteRequest request, FileMetadata source) {
    Optional<String> type =
        request.contentType().isPresent() ? request.contentType() : source.contentType();
    return new WriteRequest(
        request.writeId(),
        OptionalLong.of(source.size()),
        request.condition(),
        request.durability(),
        type,
        request.attributes().isEmpty() ? source.attributes() : request.attributes(),
        request.record(),
        request.expected(),
        request.call());
  }

  static FileMetadata move(
      StorageDriver driver, StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    FileMetadata before = driver.stat(source, request.call());
    FileMetadata moved = driver.copy(source, target, request);
    DeleteRequest sameVersion =
        new DeleteRequest(
            before.versionTag().strong() ? Optional.of(before.versionTag()) : Optional.empty(),
            request.call());
    driver.delete(source, sameVersion);
    return moved;
  }
}
