package io.diskmap.http.server;

import io.diskmap.Checksum;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StagedUpload;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.SessionDocument;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code upload_chunked}: init, chunk, status, complete, abort and list of saves in chunks.
 * Thread-safe.
 *
 * <p>Nothing of an upload is kept in this process between two calls: each takes it up by its id
 * from the storage and lets go of it again, so that any replica of the server can serve any call.
 */
final class ChunkedUploadAction implements ApiAction {
  private static final long MAX_IDLE_SECONDS = 100L * 366 * 24 * 3600;
  private static final String SESSION_PATTERN = "[A-Za-z0-9._-]{16,1024}";

  private final long maxFileBytes;
  private final LongReply longReply;
  private final RecentSaves recent;

  ChunkedUploadAction(long maxFileBytes, LongReply longReply, RecentSaves recent) {
    this.maxFileBytes = maxFileBytes;
    this.recent = recent;
    this.longReply = longReply;
  }

  @Override
  public void answer(ApiCall call) throws IOException {
    String phase = call.query().get(Names.PHASE).orElse(defaultPhase(call.exchange().method()));
    if (!phase.equals("list")) {
      call.requireChange();
    }
    switch (phase) {
      case "init" -> init(call);
      case "chunk" -> chunk(call);
      case "status" -> status(call);
      case "complete" -> complete(call);
      case "abort" -> abort(call);
      case "list" -> list(call);
      default ->
          throw Refusal.badRequest(
              "The parameter phase must be init, chunk, status, complete, abort or list.");
    }
  }

  private static String defaultPhase(String method) {
    return switch (method) {
      case "GET" -> "status";
      case "PUT" -> "chunk";
      case "DELETE" -> "abort";
      default -> "";
    };
  }

  private void init(ApiCall call) throws IOException {
    StoragePath path = call.path();
    SaveOptions options = SaveParameters.read(call);
    long size = call.query().number(Names.SIZE, 0, -1);
    options = asking(options, call.query().number(Names.CHUNK, 1, -1));
    requireSize(size);
    if (size >= 0) {
      options = options.withExpectedLength(size);
    }
    Upload upload = call.storage().beginUpload(path.value(), options);
    try {
      SessionDocument session =
          new SessionDocument(upload.id(), upload.path(), upload.chunkSize(), List.of());
      Replies.send(call.exchange(), 201, Names.JSON, session.toJson());
    } finally {
      upload.detach();
    }
  }

  /** A proposal beyond what can be asked for is the nearest that can. */
  private static SaveOptions asking(SaveOptions options, long chunk) {
    if (chunk < 0) {
      return options;
    }
    long least = SaveOptions.MIN_CHUNK_BYTES;
    return options.withChunkSize(
        (int) Math.max(least, Math.min(chunk, SaveOptions.MAX_CHUNK_BYTES)));
  }

  private void chunk(ApiCall call) throws IOException {
    HttpExchange exchange = call.exchange();
    long length = exchange.declaredLength();
    if (length < 0) {
      throw new Refusal(
          411, "length-required", "The length is missing", "A chunk is sent with Content-Length.");
    }
    long offset = call.query().number(Names.OFFSET, 0, -1);
    if (offset < 0) {
      throw Refusal.badRequest("The parameter offset is missing.");
    }
    requireSize(Math.addExact(offset, length));
    Upload upload = resume(call);
    try {
      int size = upload.chunkSize();
      if (length < 1 || length > size || offset % size != 0) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "A chunk of this upload has %d bytes, the last one up to that, and begins at a multiple"
                    .formatted(size)
                + " of it.");
      }
      write(upload, offset, length, exchange);
      Replies.json(
          exchange,
          200,
          out -> {
            out.writeNumberField("offset", offset);
            out.writeNumberField("size", length);
          });
    } finally {
      upload.detach();
    }
  }

  private static void write(Upload upload, long offset, long length, HttpExchange exchange)
      throws IOException {
    Optional<Checksum> digest = digest(exchange);
    RequestBody body = RequestBody.of(exchange, length, false);
    Content content = Content.of(body, length);
    try {
      if (digest.isPresent()) {
        upload.write(offset, content, digest.get());
      } else {
        upload.write(offset, content);
      }
    } catch (StorageException e) {
      body.drain(e);
      throw e;
    }
  }

  /** What the request announces about its body: the strongest digest that is known here. */
  private static Optional<Checksum> digest(HttpExchange exchange) throws IOException {
    Optional<String> header = exchange.header(Names.CONTENT_DIGEST);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    Digests digests = Digests.parse(header.get());
    return digests
        .sha256()
        .map(Checksum::sha256)
        .or(() -> digests.crc32c().map(value -> Checksum.crc32c(value.intValue())));
  }

  private void status(ApiCall call) throws IOException {
    Upload upload = resume(call);
    try {
      SessionDocument session =
          new SessionDocument(upload.id(), upload.path(), upload.chunkSize(), upload.received());
      Replies.send(call.exchange(), 200, Names.JSON, session.toJson());
    } finally {
      upload.detach();
    }
  }

  private void complete(ApiCall call) throws IOException {
    long size = call.query().number(Names.SIZE, 0, -1);
    if (size < 0) {
      throw Refusal.badRequest("The parameter size is missing.");
    }
    requireSize(size);
    call.storage();
    Optional<FileMetadata> before = recent.find(call.diskName(), session(call));
    if (before.isPresent()) {
      call.permitted(before.get().path());
      Replies.json(call.exchange(), 201, out -> FileDocument.write(out, before.get()));
      return;
    }
    Upload upload = resume(call);
    longReply.answer(
        call,
        201,
        () -> {
          try {
            FileMetadata saved = upload.commit(size);
            return out -> FileDocument.write(out, saved);
          } finally {
            upload.detach();
          }
        });
  }

  private void abort(ApiCall call) throws IOException {
    try {
      resume(call).abort();
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
    Replies.empty(call.exchange(), 204);
  }

  private void list(ApiCall call) throws IOException {
    long seconds = call.query().number(Names.IDLE_SECONDS, 0, 0);
    Duration idle = Duration.ofSeconds(Math.min(seconds, MAX_IDLE_SECONDS));
    List<StagedUpload> uploads =
        call.storage().uploads(idle).stream()
            .filter(upload -> call.caller().key().opens(upload.path()))
            .toList();
    Replies.json(
        call.exchange(),
        200,
        out -> {
          out.writeArrayFieldStart("uploads");
          for (StagedUpload upload : uploads) {
            out.writeStartObject();
            out.writeStringField("session", upload.id());
            out.writeStringField("path", upload.path().value());
            out.writeStringField("lastActivity", upload.lastActivity().toString());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private static Upload resume(ApiCall call) throws IOException {
    Storage storage = call.storage();
    Upload upload = storage.resumeUpload(session(call));
    try {
      call.permitted(upload.path());
      return upload;
    } catch (Refusal e) {
      upload.detach();
      throw e;
    }
  }

  private static String session(ApiCall call) throws Refusal {
    Optional<String> session = call.query().get(Names.SESSION);
    if (session.isEmpty() || !session.get().matches(SESSION_PATTERN)) {
      throw Refusal.badRequest("The parameter session is missing or is no session's id.");
    }
    return session.get();
  }

  private void requireSize(long size) throws StorageException {
    if (size > maxFileBytes) {
      throw StorageException.of(
          ErrorKind.TOO_LARGE, "The content is larger than the server's limit.");
    }
  }
}
