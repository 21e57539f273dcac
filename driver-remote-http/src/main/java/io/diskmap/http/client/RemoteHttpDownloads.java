package io.diskmap.http.client;

import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.http.protocol.ContentRange;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.spi.Call;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutorService;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a remote disk: what a file is, and its content in one stream or in ranges ahead of
 * the reader. Thread-safe.
 */
final class RemoteHttpDownloads {
  private final RemoteHttpSessions sessions;
  private final Farewells farewells;
  private final ExecutorService workers;
  private final int parallel;
  private final ReadAheadBuffers buffers = new ReadAheadBuffers();

  /** What each reader is called, by its call: also where it goes on after a broken connection. */
  private final Map<Call, String> readers = Collections.synchronizedMap(new WeakHashMap<>());

  RemoteHttpDownloads(
      RemoteHttpSessions sessions, Farewells farewells, ExecutorService workers, int parallel) {
    this.sessions = sessions;
    this.farewells = farewells;
    this.workers = workers;
    this.parallel = parallel;
  }

  /** What a file is, without its content. */
  FileMetadata stat(StoragePath path, Call call) throws StorageException {
    try {
      Request.Builder request = sessions.request(Endpoint.METADATA, path);
      return FileDocument.read(sessions.document(request, call)).withPath(path);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  /** Opens a file, or one range of it, to be read from its first byte. */
  StorageReader open(StoragePath path, ReadRequest request) throws StorageException {
    ByteRange range = request.range();
    if (range.length() == 0 || (range.kind() == ByteRange.Kind.LAST && range.offset() == 0)) {
      FileMetadata file = stat(path, request.call());
      requireMatch(request.ifMatch(), file.versionTag());
      return reader(file, ByteRange.of(range.within(file.size()).offset(), 0), request, null);
    }
    boolean ahead =
        sessions.isFarAway()
            && request.access() != ReadRequest.Access.RANDOM
            && range.kind() == ByteRange.Kind.START
            && range.length() > ReadAheadBuffers.SIZE;
    int reserved = ahead ? buffers.reserve(parallel) : 0;
    if (reserved == 0) {
      StorageReader reader = download(path, range, request.ifMatch(), request, Optional.empty());
      boolean alone = request.access() == ReadRequest.Access.RANDOM;
      return alone ? reader : leaving(reader, path, request, Optional.empty());
    }
    boolean handedOver = false;
    try {
      String name = readers.computeIfAbsent(request.call(), call -> UUID.randomUUID().toString());
      StorageReader reader = readAhead(path, request, reserved, name);
      handedOver = reader instanceof RemoteHttpReadAhead;
      return leaving(reader, path, request, Optional.of(name));
    } finally {
      if (!handedOver) {
        buffers.release(reserved);
      }
    }
  }

  private StorageReader leaving(
      StorageReader reader, StoragePath path, ReadRequest request, Optional<String> name) {
    CallContext who = request.call().context();
    return new LeavingReader(reader, last -> farewells.say(path, who, name, last));
  }

  /**
   * Asks for a first range; where more follow, and of a version that can be named, ahead of them.
   * All have one reader's name, so that a server that keeps files open answers from one of them.
   */
  private StorageReader readAhead(StoragePath path, ReadRequest request, int reserved, String name)
      throws StorageException {
    Optional<String> reader = Optional.of(name);
    ByteRange range = request.range();
    ByteRange begin = ByteRange.of(range.offset(), ReadAheadBuffers.SIZE);
    StorageReader first = download(path, begin, request.ifMatch(), request, reader);
    ByteRange wanted = range.within(first.metadata().size());
    if (first.range().equals(wanted)) {
      return first;
    }
    VersionTag tag = first.metadata().versionTag();
    if (!tag.strong()) {
      first.close();
      return download(path, range, request.ifMatch(), request, reader);
    }
    return new RemoteHttpReadAhead(
        wanted,
        request.call(),
        first,
        part -> download(path, part, Optional.of(tag), request, reader),
        workers,
        buffers,
        reserved);
  }

  private StorageReader download(
      StoragePath path,
      ByteRange range,
      Optional<VersionTag> ifMatch,
      ReadRequest request,
      Optional<String> reader)
      throws StorageException {
    Request.Builder http = sessions.request(Endpoint.DOWNLOAD, path);
    if (request.access() != ReadRequest.Access.RANDOM) {
      http.header(Names.PART_OF, header(request.range()).toString());
    }
    reader.ifPresent(name -> http.header(Names.READER, name));
    if (!range.isAll()) {
      http.header(Names.RANGE, header(range).toString());
    }
    if (ifMatch.isPresent()) {
      VersionTag tag = ifMatch.get();
      requireMatch(ifMatch, tag);
      http.header(Names.IF_MATCH, FileDocument.tag(tag).toString());
    }
    RemoteHttpSessions.Exchange exchange = sessions.open(http, request.call(), Optional.empty());
    boolean handedOver = false;
    try {
      FileMetadata file = described(exchange).withPath(path);
      ByteRange wanted = range.within(file.size());
      if (exchange.response().code() == 416) {
        return reader(file, ByteRange.of(wanted.offset(), 0), request, null);
      }
      if (!given(exchange, file.size()).equals(wanted)) {
        throw new MalformedException("the range of a download is not what was asked for");
      }
      StorageReader opened = reader(file, wanted, request, exchange);
      handedOver = true;
      return opened;
    } catch (IOException e) {
      throw exchange.failure(e);
    } finally {
      if (!handedOver) {
        exchange.close();
      }
    }
  }

  private static StorageReader reader(
      FileMetadata file,
      ByteRange range,
      ReadRequest request,
      RemoteHttpSessions.@Nullable Exchange exchange)
      throws StorageException {
    try {
      return new RemoteHttpReader(file, range, request.call(), exchange);
    } catch (MalformedException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  private static void requireMatch(Optional<VersionTag> wanted, VersionTag current)
      throws StorageException {
    if (wanted.isPresent() && !wanted.get().matches(current)) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "The file is not the version that was asked for, or its tag is weak and proves nothing.");
    }
  }

  private static RangeHeader header(ByteRange range) {
    if (range.kind() == ByteRange.Kind.LAST) {
      return new RangeHeader(-1, -1, range.offset());
    }
    boolean open = range.length() >= Long.MAX_VALUE - range.offset();
    return new RangeHeader(range.offset(), open ? -1 : range.offset() + range.length() - 1, -1);
  }

  private static FileMetadata described(RemoteHttpSessions.Exchange exchange) throws IOException {
    String header =
        exchange
            .header(Names.FILE)
            .orElseThrow(() -> new MalformedException("the download does not describe its file"));
    try {
      return FileDocument.read(JsonObject.parse(Base64.getUrlDecoder().decode(header)));
    } catch (IllegalArgumentException e) {
      throw new MalformedException("the description of the download's file is broken");
    }
  }

  private static ByteRange given(RemoteHttpSessions.Exchange exchange, long size)
      throws MalformedException {
    Optional<String> header = exchange.header(Names.CONTENT_RANGE);
    if (exchange.response().code() != 206 || header.isEmpty()) {
      return ByteRange.of(0, size);
    }
    ContentRange part = ContentRange.parse(header.get());
    if (part.size() != size || part.offset() < 0) {
      throw new MalformedException("the Content-Range does not belong to the file");
    }
    return ByteRange.of(part.offset(), part.length());
  }
}
