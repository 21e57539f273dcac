package io.diskmap.http.server.exchange;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.internal.socket.SocketBlock;
import io.diskmap.http.protocol.ContentDisposition;
import io.diskmap.http.protocol.ContentRange;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.HttpDates;
import io.diskmap.http.protocol.JsonOut;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.spi.FileRegion;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Optional;

/**
 * Answers with a file or one range of it, on the conditions of the request's headers. Stateless.
 *
 * <p>The file is opened once and everything is answered from that open version, so that headers and
 * bytes always belong together. Where the bytes stand in a local file, they go out without a copy.
 */
public final class FileReply {
  /** Opens what is sent: the storage's file, or one that is open already. */
  @FunctionalInterface
  public interface Opener {
    Download open(DownloadOptions options) throws StorageException;
  }

  private FileReply() {}

  /** Sends the file, or for HEAD its description. */
  public static void answer(HttpExchange exchange, Storage storage, StoragePath path)
      throws IOException {
    ReadConditions conditions = ReadConditions.read(exchange);
    if (exchange.method().equals("HEAD")) {
      FileMetadata file = storage.metadata(path.value());
      if (conditions.answer(exchange, file)) {
        describe(exchange, file);
        exchange.status(200);
        exchange.output(file.size()).close();
      }
      return;
    }
    send(exchange, conditions, options -> storage.download(path.value(), options));
  }

  /** Sends the file, or a range of it, of what the opener gives. */
  public static void send(HttpExchange exchange, Opener opener) throws IOException {
    send(exchange, ReadConditions.read(exchange), opener);
  }

  private static void send(HttpExchange exchange, ReadConditions conditions, Opener opener)
      throws IOException {
    try (Download download = open(opener, conditions)) {
      FileMetadata file = download.metadata();
      if (conditions.answer(exchange, file)) {
        send(exchange, download, file);
      }
    }
  }

  private static Download open(Opener opener, ReadConditions conditions) throws IOException {
    DownloadOptions options = DownloadOptions.defaults();
    if (conditions.pinned().isPresent()) {
      options = options.withIfMatch(conditions.pinned().get());
    }
    Optional<RangeHeader> range = conditions.range();
    if (range.isEmpty()) {
      return opener.open(options);
    }
    DownloadOptions part = options.withRange(range.get().toByteRange());
    if (conditions.ifRange().isEmpty()) {
      return opener.open(part);
    }
    try {
      return opener.open(part.withIfMatch(conditions.ifRange().get()));
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.PRECONDITION_FAILED) {
        throw e;
      }
      return opener.open(options);
    }
  }

  private static void send(HttpExchange exchange, Download download, FileMetadata file)
      throws IOException {
    describe(exchange, file);
    boolean asked = exchange.header(Names.RANGE).flatMap(RangeHeader::parse).isPresent();
    boolean whole = download.length() == file.size();
    if (asked && download.length() == 0) {
      exchange.status(416);
      exchange.header(Names.CONTENT_RANGE, ContentRange.unsatisfied(file.size()).toString());
      exchange.output(0).close();
      return;
    }
    if (!whole) {
      long offset = download.range().offset();
      ContentRange part = new ContentRange(offset, download.length(), file.size());
      exchange.header(Names.CONTENT_RANGE, part.toString());
    }
    exchange.status(whole ? 200 : 206);
    Optional<FileRegion> region = download.region();
    if (region.isPresent()) {
      FileRegion local = region.get();
      exchange.sendFile(local.channel(), local.offset(), local.length(), download::sent);
      return;
    }
    try (OutputStream out = exchange.output(download.length())) {
      byte[] block = new byte[(int) Math.min(SocketBlock.BYTES, Math.max(1, download.length()))];
      for (int count = download.read(block); count >= 0; count = download.read(block)) {
        out.write(block, 0, count);
      }
    }
  }

  private static void describe(HttpExchange exchange, FileMetadata file) {
    exchange.header(Names.ACCEPT_RANGES, "bytes");
    exchange.header(Names.ETAG, FileDocument.tag(file.versionTag()).toString());
    exchange.header(Names.LAST_MODIFIED, HttpDates.format(file.modified()));
    exchange.header(Names.CONTENT_TYPE, file.contentType().orElse(Names.OCTETS));
    exchange.header(Names.CONTENT_TYPE_OPTIONS, "nosniff");
    exchange.header(Names.CACHE_CONTROL, "private, no-store");
    exchange.header(Names.CONTENT_DISPOSITION, ContentDisposition.attachment(file.path().name()));
    byte[] document = JsonOut.object(out -> FileDocument.write(out, file));
    exchange.header(Names.FILE, Base64.getUrlEncoder().withoutPadding().encodeToString(document));
    Digests digests =
        file.checksum(ChecksumAlgorithm.CRC32C)
            .map(crc -> Digests.crc32c(Long.parseLong(crc.hex(), 16)))
            .orElse(Digests.NONE);
    Optional<Checksum> sha256 = file.checksum(ChecksumAlgorithm.SHA256);
    if (sha256.isPresent()) {
      digests = digests.withSha256(sha256.get().hex());
    }
    if (!digests.isEmpty()) {
      exchange.header(Names.REPR_DIGEST, digests.toString());
    }
  }
}
