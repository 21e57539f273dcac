package io.diskmap.local;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** The save of a whole small file whose bytes are all there. Thread-safe. */
final class SmallSave {
  private final Disk disk;
  private final OneShot oneShot;

  SmallSave(Disk disk, OneShot oneShot) {
    this.disk = disk;
    this.oneShot = oneShot;
  }

  FileMetadata put(StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    if (content.length() > Uploads.CHUNK) {
      throw StorageException.of(
          ErrorKind.TOO_LARGE,
          "A file saved in one piece has at most " + Uploads.CHUNK + " bytes.");
    }
    Checks.length(request, commit.length(), content.length());
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && Checks.needsSha256(request)) {
      sha256 = Optional.of(Checks.sha256(content.data()));
    }
    Checks.expected(request, content.crc32c(), sha256);
    List<Checksum> checksums = Publisher.checksums(content.crc32c(), sha256);
    OneShot.Filled filled =
        new OneShot.Filled(content.length(), checksums, Publisher.kept(request, checksums));
    request.call().check();
    return disk.run(
        root ->
            oneShot.save(
                root,
                path,
                request,
                file -> {
                  writeAll(file, content.data());
                  return filled;
                }));
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
    long at = 0;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }
}
