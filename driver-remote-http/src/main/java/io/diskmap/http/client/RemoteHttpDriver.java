package io.diskmap.http.client;

import io.diskmap.CallContext;
import io.diskmap.Capabilities;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.http.protocol.CapabilitiesDocument;
import io.diskmap.http.protocol.Digests;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.ReportDocument;
import io.diskmap.http.protocol.SessionDocument;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A disk of a services server. Thread-safe; every method speaks one or two exchanges of the wire
 * contract.
 *
 * <p>A change whose answer is lost is settled by its write id before this driver says anything
 * passing of it, so that the core may repeat whatever ends in a passing kind.
 */
final class RemoteHttpDriver implements StorageDriver {
  private final RemoteHttpOptions options;
  private final DriverContext context;
  private final RemoteHttpSessions sessions;
  private final Attempts attempts;
  private final Farewells farewells;
  private final RemoteHttpDownloads downloads;

  private volatile @Nullable Capabilities capabilities;

  RemoteHttpDriver(DriverContext context, RemoteHttpOptions options) throws StorageException {
    this.options = options;
    this.context = context;
    this.sessions = new RemoteHttpSessions(options);
    this.farewells = new Farewells(sessions, context.workers());
    this.downloads =
        new RemoteHttpDownloads(sessions, farewells, context.workers(), options.parallel());
    this.attempts = new Attempts(options.retries());
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    Capabilities known = capabilities;
    if (known == null) {
      Call call = Call.within(CallContext.none(), options.timeout());
      known = attempts.run(call, () -> readCapabilities(call));
      capabilities = known;
    }
    return known;
  }

  private Capabilities readCapabilities(Call call) throws StorageException {
    try {
      return CapabilitiesDocument.read(
          disk(state(call))
              .object("capabilities")
              .orElseThrow(() -> new MalformedException("the capabilities are missing")));
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  @Override
  public String endpoint() {
    return options.url() + "#" + options.disk();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    return downloads.stat(path, call);
  }

  @Override
  public boolean tellsAllOnOpen() {
    return false;
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    return downloads.open(path, request);
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    HttpUrl.Builder address =
        save(Endpoint.UPLOAD_CHUNKED, path, request)
            .addQueryParameter(Names.PHASE, "init")
            .addQueryParameter(Names.CHUNK, chunkSize(request));
    if (request.length().isPresent()) {
      address.addQueryParameter(Names.SIZE, Long.toString(request.length().getAsLong()));
    }
    Request.Builder http = RemoteHttpSessions.request(address).post(RemoteHttpSessions.noBody());
    headers(http, request);
    request.contentType().ifPresent(type -> http.header(Names.CONTENT_TYPE, type));
    JsonObject json = sessions.document(http, request.call());
    return writer(json, request.call());
  }

  private String chunkSize(WriteRequest request) {
    return Integer.toString(request.chunkSize().orElse(options.chunkBytes()));
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    HttpUrl.Builder address =
        sessions
            .address(Endpoint.UPLOAD_CHUNKED)
            .addQueryParameter(Names.PHASE, "status")
            .addQueryParameter(Names.SESSION, id.value());
    return writer(sessions.document(RemoteHttpSessions.request(address), call), call);
  }

  private StorageWriter writer(JsonObject json, Call call) throws StorageException {
    try {
      SessionDocument session = SessionDocument.parse(json);
      return new RemoteHttpWriter(sessions, options, context.workers(), session, call);
    } catch (IOException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      BufferBody body =
          new BufferBody(content.data(), request.contentType(), request.call()::progressed);
      Request.Builder http =
          RemoteHttpSessions.request(save(Endpoint.UPLOAD, path, request))
              .put(body)
              .header(Names.CONTENT_DIGEST, Digests.crc32c(content.crc32c()).toString());
      headers(http, request);
      LostSave lost = LostSave.before(this, sessions, request, attempts);
      StorageException failure;
      try {
        JsonObject json = sessions.longDocument(http, request.call());
        return FileDocument.read(json).withPath(path);
      } catch (IOException e) {
        failure = RemoteHttpErrors.of(e);
      }
      if (!body.isSent() || !Completion.isAmbiguous(failure)) {
        throw failure;
      }
      if (request.call().isEnded() || Thread.currentThread().isInterrupted()) {
        throw failure.kind().isTransient() ? LostSave.unknown(failure) : failure;
      }
      return lost.settle(path, content.data(), failure);
    } finally {
      content.release();
    }
  }

  @Override
  public int putLimit() {
    return options.putBytes();
  }

  private HttpUrl.Builder save(Endpoint endpoint, StoragePath path, WriteRequest request) {
    HttpUrl.Builder address =
        sessions
            .address(endpoint)
            .addQueryParameter(Names.PATH, path.value())
            .addQueryParameter(Names.WRITE_ID, request.writeId())
            .addQueryParameter(Names.DURABILITY, CapabilitiesDocument.word(request.durability()));
    if (request.record().contains(ChecksumAlgorithm.SHA256)) {
      address.addQueryParameter(Names.SHA256, "true");
    }
    if (request.record().contains(ChecksumAlgorithm.CRC32C)) {
      address.addQueryParameter(Names.KEEP_CHECKSUM, "true");
    }
    return address;
  }

  private static void headers(Request.Builder http, WriteRequest request) {
    WriteCondition condition = request.condition();
    if (condition.kind() == WriteCondition.Kind.IF_ABSENT) {
      http.header(Names.IF_NONE_MATCH, "*");
    }
    condition.tag().ifPresent(tag -> http.header(Names.IF_MATCH, FileDocument.tag(tag).toString()));
    if (!request.attributes().isEmpty()) {
      http.header(Names.ATTRIBUTES, HeaderText.attributes(request.attributes()));
    }
    request.expected().ifPresent(sum -> http.header(Names.REPR_DIGEST, digest(sum).toString()));
  }

  private static Digests digest(Checksum checksum) {
    return switch (checksum.algorithm()) {
      case CRC32C -> Digests.crc32c(Long.parseLong(checksum.hex(), 16));
      case SHA256 -> Digests.NONE.withSha256(checksum.hex());
    };
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    HttpUrl.Builder address =
        sessions.address(Endpoint.LIST).addQueryParameter(Names.PREFIX, prefix.value());
    if (request.oneLevel()) {
      address.addQueryParameter(Names.DELIMITER, "/");
    }
    request
        .startAfter()
        .ifPresent(after -> address.addQueryParameter(Names.START_AFTER, after.value()));
    Request.Builder http = RemoteHttpSessions.request(address).header(Names.ACCEPT, Names.NDJSON);
    return new RemoteHttpCursor(sessions.open(http, request.call(), Optional.empty()));
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    Request.Builder http =
        sessions.request(Endpoint.DELETE, path).post(RemoteHttpSessions.noBody());
    request
        .ifMatch()
        .ifPresent(tag -> http.header(Names.IF_MATCH, FileDocument.tag(tag).toString()));
    try {
      return sessions.document(http, request.call()).flag("deleted", false);
    } catch (MalformedException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    HttpUrl.Builder address = sessions.address(Endpoint.DELETE_PREFIX);
    if (prefix.isRoot()) {
      address.addQueryParameter(Names.ALL, "true");
    } else {
      address.addQueryParameter(Names.PREFIX, prefix.value());
    }
    address.addQueryParameter(Names.DRY_RUN, Boolean.toString(dryRun));
    Request.Builder http = RemoteHttpSessions.request(address).post(RemoteHttpSessions.noBody());
    try {
      return ReportDocument.read(sessions.longDocument(http, call));
    } catch (MalformedException e) {
      throw RemoteHttpErrors.of(e);
    }
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    HttpUrl.Builder address =
        sessions
            .address(Endpoint.UPLOAD_CHUNKED)
            .addQueryParameter(Names.PHASE, "list")
            .addQueryParameter(Names.IDLE_SECONDS, Long.toString(idleFor.toSeconds()));
    JsonObject json = sessions.document(RemoteHttpSessions.request(address), call);
    List<PendingUpload> uploads = new ArrayList<>();
    try {
      for (JsonObject upload : json.objects("uploads")) {
        uploads.add(
            new PendingUpload(
                new UploadId(upload.text("session")),
                StoragePath.of(upload.text("path")),
                Instant.parse(upload.text("lastActivity"))));
      }
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw StorageException.of(
          ErrorKind.UNAVAILABLE, "The services server's list of uploads is broken.", e);
    }
    return uploads;
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    sessions.abort(id.value(), call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    try {
      String time = disk(state(call)).texts("details").get("store_time");
      if (time == null) {
        throw new MalformedException("the store's time is missing");
      }
      return Instant.parse(time);
    } catch (MalformedException | DateTimeException e) {
      throw StorageException.of(
          ErrorKind.UNAVAILABLE, "The services server's reply tells no time.", e);
    }
  }

  @Override
  public boolean isAuditedByPeer() {
    return true;
  }

  @Override
  public Health health(Call call) {
    long start = System.nanoTime();
    try {
      JsonObject json = state(call);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Map<String, String> details = new TreeMap<>(disk(json).texts("details"));
      details.put("protocol", json.optionalText("version").orElse(""));
      return Health.ok(took, details);
    } catch (StorageException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), e);
    } catch (MalformedException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), RemoteHttpErrors.of(e));
    }
  }

  private JsonObject state(Call call) throws StorageException {
    return sessions.document(RemoteHttpSessions.request(sessions.address(Endpoint.HEALTH)), call);
  }

  private static JsonObject disk(JsonObject health) throws MalformedException {
    return health.objects("disks").stream()
        .findFirst()
        .orElseThrow(() -> new MalformedException("the server tells of no disk"));
  }

  @Override
  public void close() {
    farewells.close();
    sessions.close();
  }
}
