package io.diskmap.http.client;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.EntityTag;
import io.diskmap.http.protocol.Names;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import okhttp3.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One download of a worker, into a file that has its name when it is whole. For one thread and one
 * use.
 */
final class WorkerDownload {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerDownload.class);
  private static final int BLOCK = 256 * 1024;
  private static final int MOST_NAME = 100;
  private static final int PART = 206;

  private final RemoteHttpSessions sessions;
  private final Attempts attempts;
  private final Path target;
  private final Path part;
  private final Call call = Call.unbounded(CallContext.none());
  private final CRC32C crc = new CRC32C();
  private Optional<EntityTag> version = Optional.empty();
  private long received;

  WorkerDownload(RemoteHttpSessions sessions, Attempts attempts, Path directory, String name) {
    this.sessions = sessions;
    this.attempts = attempts;
    String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
    String tail = plain.substring(Math.max(0, plain.length() - MOST_NAME));
    String unique = UUID.randomUUID().toString().replace("-", "");
    this.target = directory.resolve(WorkerClient.LOCAL_PREFIX + unique + "_" + tail);
    this.part = directory.resolve(target.getFileName() + ".part");
  }

  Path fetch(Request.Builder request) throws StorageException {
    boolean whole = false;
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      attempts.run(
          call,
          () -> {
            receive(request, file);
            return received;
          });
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      whole = true;
      return target;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The local copy cannot be written; check the worker's directory.", e);
    } finally {
      if (!whole) {
        discard();
      }
    }
  }

  private void receive(Request.Builder request, FileChannel file) throws StorageException {
    boolean goesOn = received > 0 && version.isPresent();
    if (goesOn) {
      request.header(Names.RANGE, "bytes=" + received + "-");
      request.header(Names.IF_MATCH, version.get().toString());
    } else {
      request.removeHeader(Names.RANGE);
      request.removeHeader(Names.IF_MATCH);
    }
    try (RemoteHttpSessions.Exchange exchange = sessions.open(request, call, Optional.empty())) {
      if (exchange.response().code() != PART) {
        begin(file, exchange.header(Names.ETAG));
      }
      copy(exchange, file);
      exchange.complete();
      verify(exchange.header(Names.REPR_DIGEST));
    } catch (StorageException e) {
      if (goesOn && e.kind() == ErrorKind.PRECONDITION_FAILED) {
        version = Optional.empty();
        throw StorageException.of(
            ErrorKind.UNAVAILABLE, "The file changed while it was fetched; it is fetched anew.", e);
      }
      throw e;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The local copy cannot be written; check the worker's directory.", e);
    }
  }

  private void begin(FileChannel file, Optional<String> etag) throws IOException {
    file.truncate(0);
    crc.reset();
    received = 0;
    version = etag.flatMap(EntityTag::parse).filter(tag -> !tag.weak());
  }

  private void copy(RemoteHttpSessions.Exchange exchange, FileChannel file) throws IOException {
    InputStream in = exchange.body().byteStream();
    byte[] block = new byte[BLOCK];
    for (int count = read(exchange, in, block); count >= 0; count = read(exchange, in, block)) {
      ByteBuffer octets = ByteBuffer.wrap(block, 0, count);
      while (octets.hasRemaining()) {
        received += file.write(octets, received);
      }
      crc.update(block, 0, count);
    }
  }

  /** A body that ends early is a failure of the connection, after which the download goes on. */
  private static int read(RemoteHttpSessions.Exchange exchange, InputStream in, byte[] block)
      throws StorageException {
    WaitWatch.Entry entry = exchange.waiting();
    try {
      return in.read(block);
    } catch (IOException e) {
      throw exchange.failure(e);
    } finally {
      entry.leave();
    }
  }

  private void verify(Optional<String> header) throws IOException {
    Optional<Long> expected =
        header.isEmpty() ? Optional.empty() : Digests.parse(header.get()).crc32c();
    if (expected.isPresent() && expected.get() != crc.getValue()) {
      version = Optional.empty();
      throw StorageException.of(
          ErrorKind.UNAVAILABLE, "The copy does not have the file's checksum; it is fetched anew.");
    }
  }

  /** What cannot be deleted now is swept by its age. */
  private void discard() {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      LOG.warn("A partial copy stays until it is swept", e);
    }
  }
}
