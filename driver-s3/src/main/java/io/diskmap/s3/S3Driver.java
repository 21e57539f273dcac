package io.diskmap.s3;

import io.diskmap.CallContext;
import io.diskmap.Capabilities;
import io.diskmap.Capabilities.Atomicity;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.DeleteReport;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.PresignedUrl;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.PresignRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** A bucket, or a directory of it, as a disk. Thread-safe. */
final class S3Driver implements StorageDriver {
  private static final long MIB = 1024L * 1024;

  private final S3Sessions sessions;
  private final S3Options options;
  private final S3Store store;
  private final S3Multipart multipart;
  private final S3Reads reads;
  private final S3Puts puts;
  private final S3Copies copies;
  private final S3Commit committer;
  private final S3Deletes deletes;
  private final S3Sweep sweep;
  private final S3Presign presign;
  private final S3Conflicts conflicts;
  private final Set<S3Writer> writers = ConcurrentHashMap.newKeySet();
  private final S3Probing probing;

  private S3Driver(S3Sessions sessions) {
    this.sessions = sessions;
    this.options = sessions.options();
    this.store = new S3Store(sessions);
    this.probing = new S3Probing(store);
    this.multipart = new S3Multipart(store);
    this.conflicts = new S3Conflicts(store);
    this.reads = new S3Reads(store);
    this.puts = new S3Puts(store, conflicts);
    this.copies = new S3Copies(store, multipart, puts);
    this.committer = new S3Commit(store, multipart, conflicts, puts, copies);
    this.deletes = new S3Deletes(store);
    this.sweep = new S3Sweep(store, multipart, committer);
    this.presign = new S3Presign(store);
  }

  /** Opens the disk and asks the bucket once; a store that is down is met by the calls. */
  static S3Driver open(DriverContext context, S3Options options) throws StorageException {
    S3Sessions sessions = new S3Sessions(context, options);
    boolean opened = false;
    try {
      S3Driver driver = new S3Driver(sessions);
      driver.ask();
      opened = true;
      return driver;
    } finally {
      if (!opened) {
        sessions.close();
      }
    }
  }

  private void ask() throws StorageException {
    Call call = Call.within(CallContext.none(), sessions.context().timeout());
    try {
      sessions.run(call, client -> client.listObjectsV2(sessions.probeListing()));
    } catch (StorageException e) {
      boolean mayNotList =
          e.kind() == ErrorKind.PERMISSION_DENIED && e.sentence().startsWith("The store refuses");
      if (!mayNotList && !e.kind().isTransient()) {
        throw e;
      }
    }
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    S3Traits found = probing.traits(Call.within(CallContext.none(), sessions.context().timeout()));
    return new Capabilities(
        found.createOnPut() ? Atomicity.ATOMIC : Atomicity.NONE,
        found.matchOnPut() != S3Traits.MatchForm.NONE ? Atomicity.ATOMIC : Atomicity.NONE,
        Durability.NAME,
        true,
        true,
        false,
        true,
        StoragePath.MAX_SEGMENT_BYTES,
        store.keys().maxPathBytes(),
        S3Parts.MOST * 5L * 1024 * MIB);
  }

  @Override
  public String endpoint() {
    String where = options.endpoint().map(Object::toString).orElse("s3:" + options.region());
    return where + "/" + options.bucket() + "/" + options.root();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    HeadObjectResponse head =
        store.head(store.keys().file(path), call).orElseThrow(S3Driver::noFile);
    return store.file(path, head, call);
  }

  private static StorageException noFile() {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no such file.");
  }

  @Override
  public boolean tellsAllOnOpen() {
    return reads.tellsAll();
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    return reads.open(path, request);
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    Call call = request.call();
    S3Traits found = probing.traits(call);
    S3Multipart.requireHonoured(path, request, found);
    String target = store.keys().file(path);
    conflicts.requireNone(path, call);
    boolean staged = S3Sums.needsSha256(request);
    S3Meta meta = committer.beginning(request, found);
    String key = staged ? store.keys().staged(request.writeId()) : target;
    String type = request.contentType().orElse(S3Meta.NO_TYPE);
    S3Multipart.Begun begun = multipart.create(key, type, meta, found, call);
    S3Records.Open upload =
        new S3Records.Open(path, begun.uploadId(), staged, chunkSize(request), begun.at(), request);
    S3Writer writer = writer(found, upload, new S3Parts(upload.chunkSize()), false);
    boolean recorded = false;
    try {
      writer.record(begun.asked());
      recorded = true;
      return writer;
    } finally {
      if (!recorded) {
        writer.close();
      }
    }
  }

  /**
   * The part size, which grows where the length is known to need more parts than a store takes, and
   * shrinks where a store is far and transfer memory does not hold as many parts as go side by
   * side.
   */
  private int chunkSize(WriteRequest request) {
    long needed = (request.length().orElse(0) + S3Parts.MOST - 1) / S3Parts.MOST;
    long whole = (needed + MIB - 1) / MIB * MIB;
    boolean shrinks = request.length().isPresent() && sessions.pace().isFar();
    long size = shrinks ? Math.min(options.partSize(), shortPart()) : options.partSize();
    return (int) Math.min(Integer.MAX_VALUE - MIB, Math.max(size, whole));
  }

  private long shortPart() {
    long held = sessions.context().chunks().bound() / options.parallelism() / MIB * MIB;
    return Math.max(S3Parts.LEAST, held);
  }

  private S3Writer writer(S3Traits found, S3Records.Open upload, S3Parts parts, boolean assembled) {
    S3Writer writer =
        new S3Writer(store, multipart, committer, found, upload, parts, assembled, writers::remove);
    writers.add(writer);
    return writer;
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    if (!id.value().matches("[0-9a-f]{32}")) {
      throw noUpload(null);
    }
    Optional<String> record = store.readText(store.keys().upload(id.value()), call);
    if (record.isEmpty()) {
      return finished(id, call);
    }
    S3Traits found = probing.traits(call);
    S3Records.Open upload = S3Records.open(record.get(), call);
    S3Parts parts = new S3Parts(upload.chunkSize());
    try {
      multipart.list(committer.uploadKey(upload), upload.uploadId(), parts, call);
      return writer(found, upload, parts, false);
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      return assembledOrPublished(id, upload, found, e, call);
    }
  }

  /** A process died between the steps of its commit: what it had reached is where this goes on. */
  private StorageWriter assembledOrPublished(
      UploadId id, S3Records.Open upload, S3Traits found, StorageException gone, Call call)
      throws StorageException {
    Optional<FileMetadata> ours = S3Settle.ours(store, upload.path(), id.value(), call);
    if (ours.isPresent()) {
      return new S3DoneWriter(id, ours.get(), upload.chunkSize());
    }
    if (upload.staged()) {
      Optional<HeadObjectResponse> head = store.head(committer.uploadKey(upload), call);
      if (head.isPresent()) {
        S3Parts whole = S3Parts.unknown(upload.chunkSize(), head.get().contentLength());
        return writer(found, upload, whole, true);
      }
    }
    Optional<String> done = store.readText(store.keys().done(id.value()), call);
    if (done.isPresent()) {
      return finished(id, call);
    }
    throw noUpload(gone);
  }

  private StorageWriter finished(UploadId id, Call call) throws StorageException {
    Optional<String> text = store.readText(store.keys().done(id.value()), call);
    if (text.isEmpty()) {
      throw noUpload(null);
    }
    S3Records.Done done = S3Records.done(text.get());
    return new S3DoneWriter(id, done.file(), done.chunkSize());
  }

  private static StorageException noUpload(@Nullable StorageException cause) {
    return StorageException.of(
        ErrorKind.NOT_FOUND,
        "The upload does not exist: it was aborted or swept; begin another.",
        cause);
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      return puts.put(path, content, commit, request, probing.traits(commit.call()));
    } finally {
      content.release();
    }
  }

  @Override
  public int putLimit() {
    return options.partSize();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    return new S3Cursor(store, prefix, request, probing.traits(request.call()).sortsUtf16());
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    S3Traits found = request.ifMatch().isPresent() ? probing.traits(request.call()) : S3Traits.NONE;
    return deletes.delete(path, request, found);
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    return deletes.deletePrefix(prefix, dryRun, call);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Call call = request.call();
    FileMetadata from = stat(source, call);
    if (source.equals(target)) {
      return from;
    }
    Optional<Checksum> sha256 = from.checksum(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && S3Sums.needsSha256(request)) {
      return StorageDriver.super.copy(source, target, request);
    }
    Optional<Checksum> crc32c = from.checksum(ChecksumAlgorithm.CRC32C);
    if (crc32c.isEmpty() && request.record().contains(ChecksumAlgorithm.CRC32C)) {
      return StorageDriver.super.copy(source, target, request);
    }
    conflicts.requireNone(target, call);
    return copies.publish(
        new S3Copies.Source(
            store.keys().file(source), from.size(), Optional.of(from.versionTag().value())),
        target,
        kept(from, request),
        from.checksums(),
        probing.traits(call));
  }

  /** The request with what the source has and the request does not name. */
  private static WriteRequest kept(FileMetadata from, WriteRequest request) {
    return new WriteRequest(
        request.writeId(),
        request.length(),
        request.condition(),
        request.durability(),
        request.contentType().isPresent() ? request.contentType() : from.contentType(),
        request.attributes().isEmpty() ? from.attributes() : request.attributes(),
        request.record(),
        request.expected(),
        request.call());
  }

  @Override
  public PresignedUrl presign(StoragePath path, PresignRequest request) throws StorageException {
    return presign.presign(path, request);
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    return sweep.find(idleFor, call);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    sweep.abort(id, call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    return store.time(call);
  }

  @Override
  public Health health(Call call) {
    long start = System.nanoTime();
    try {
      sessions.run(call, client -> client.listObjectsV2(sessions.probeListing()));
      return Health.ok(
          Duration.ofNanos(System.nanoTime() - start),
          Map.of("bucket", options.bucket(), "region", options.region()));
    } catch (StorageException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), e);
    }
  }

  /** Ends the disk; a save that ends with it leaves nothing, an upload stays for its resumption. */
  @Override
  public void close() {
    probing.close();
    writers.forEach(S3Writer::closeWithDisk);
    sessions.leftovers().last();
    sessions.close();
  }
}
