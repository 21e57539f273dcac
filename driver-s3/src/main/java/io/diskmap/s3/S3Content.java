package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** Reads objects for the driver's own needs. Stateless. */
final class S3Content {
  private static final int BLOCK = 256 * 1024;
  private static final int ATTEMPTS = 4;

  private S3Content() {}

  /** What an object's content sums up to. */
  record Sums(long length, Checksum crc32c, Checksum sha256) {}

  /** Reads an object and sums it up, going on where a connection breaks. */
  static Sums read(S3Store store, String key, Call call) throws StorageException {
    CRC32C crc = new CRC32C();
    MessageDigest sha256 = S3Sums.newDigest("SHA-256");
    byte[] block = new byte[BLOCK];
    long at = 0;
    for (int attempt = 1; ; attempt++) {
      try {
        S3Stream stream = S3Stream.open(store, get(store, key, "bytes=" + at + "-", null), call);
        try (stream) {
          int count;
          while ((count = stream.read(ByteBuffer.wrap(block))) >= 0) {
            crc.update(block, 0, count);
            sha256.update(block, 0, count);
            at += count;
            call.progressed();
          }
        }
        return new Sums(at, Checksum.crc32c((int) crc.getValue()), S3Sums.sha256(sha256.digest()));
      } catch (StorageException e) {
        if (!e.kind().isTransient() || attempt >= ATTEMPTS) {
          throw e;
        }
        call.pause(java.time.Duration.ofMillis(100L << attempt));
      }
    }
  }

  /** A small object's bytes, of the version that the source names. */
  static byte[] bytes(S3Store store, S3Copies.Source source, Call call) throws StorageException {
    byte[] content = new byte[Math.toIntExact(source.size())];
    String range = source.size() == 0 ? null : "bytes=0-" + (source.size() - 1);
    String tag = source.eTag().map(S3Probe::quoted).orElse(null);
    try (S3Stream stream = S3Stream.open(store, get(store, source.key(), range, tag), call)) {
      ByteBuffer target = ByteBuffer.wrap(content);
      while (target.hasRemaining() && stream.read(target) >= 0) {
        call.progressed();
      }
      if (target.hasRemaining()) {
        throw StorageException.of(
            ErrorKind.UNAVAILABLE, "The store ended the content early; try again later.");
      }
    }
    return content;
  }

  private static GetObjectRequest get(
      S3Store store,
      String key,
      @org.jspecify.annotations.Nullable String range,
      @org.jspecify.annotations.Nullable String tag) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(store.bucket()).key(key).range(range).ifMatch(tag);
    store.encryption().apply(request);
    return request.build();
  }
}
