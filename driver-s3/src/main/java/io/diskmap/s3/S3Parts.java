package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Crc32c;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The parts of one multipart upload that the store holds, by number.
 *
 * <p>Not thread-safe: its writer guards it. A part whose CRC-32C is not known came from another
 * process to a store that returns none.
 */
final class S3Parts {
  /** The most parts of an upload. */
  static final int MOST = 10_000;

  /** How long a part is at least that is not the last one. */
  static final long LEAST = 5L * 1024 * 1024;

  /** One part. */
  record Part(long length, @Nullable Integer crc32c, String eTag) {}

  private final int chunkSize;
  private final TreeMap<Integer, Part> parts = new TreeMap<>();

  S3Parts(int chunkSize) {
    this.chunkSize = chunkSize;
  }

  /** The parts of a content that is complete already. */
  static S3Parts unknown(int chunkSize, long length) {
    S3Parts parts = new S3Parts(chunkSize);
    int number = 1;
    for (long offset = 0; offset < length; offset += chunkSize, number++) {
      parts.put(number, new Part(Math.min(chunkSize, length - offset), null, "assembled"));
    }
    return parts;
  }

  int number(long offset) {
    return Math.toIntExact(offset / chunkSize + 1);
  }

  void put(int number, Part part) {
    parts.put(number, part);
  }

  @Nullable Part get(int number) {
    return parts.get(number);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The ranges, in order and joined. */
  List<ByteRange> ranges() {
    List<ByteRange> ranges = new ArrayList<>();
    long start = 0;
    long end = 0;
    for (Map.Entry<Integer, Part> entry : parts.entrySet()) {
      long offset = (entry.getKey() - 1L) * chunkSize;
      if (offset != end && end > start) {
        ranges.add(ByteRange.of(start, end - start));
      }
      start = offset == end ? start : offset;
      end = offset + entry.getValue().length();
    }
    if (end > start) {
      ranges.add(ByteRange.of(start, end - start));
    }
    return ranges;
  }

  /** Throws LENGTH_MISMATCH unless the parts are a content of this length without a gap. */
  void requireWhole(long length) throws StorageException {
    long end = 0;
    for (Map.Entry<Integer, Part> entry : parts.entrySet()) {
      if ((entry.getKey() - 1L) * chunkSize != end) {
        throw gapAt(end);
      }
      end += entry.getValue().length();
    }
    if (end < length) {
      throw gapAt(end);
    }
    if (end > length) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The file has %d bytes and the commit names %d.".formatted(end, length));
    }
  }

  private static StorageException gapAt(long offset) {
    return StorageException.of(
        ErrorKind.LENGTH_MISMATCH,
        "The bytes from %d on are missing; send them and commit again.".formatted(offset));
  }

  /** The CRC-32C of the whole, where that of each part is known. */
  Optional<Checksum> crc32c() {
    int joined = 0;
    for (Part part : parts.values()) {
      if (part.crc32c() == null) {
        return Optional.empty();
      }
      joined = Crc32c.join(joined, part.crc32c(), part.length());
    }
    return Optional.of(Checksum.crc32c(joined));
  }

  /** The parts as the end of the upload names them. */
  List<CompletedPart> completed() {
    List<CompletedPart> all = new ArrayList<>();
    parts.forEach(
        (number, part) ->
            all.add(CompletedPart.builder().partNumber(number).eTag(part.eTag()).build()));
    return all;
  }
}
