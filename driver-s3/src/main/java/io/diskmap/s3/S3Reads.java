package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Opens readers. Thread-safe.
 *
 * <p>Near a store one answer is the fastest way to read a file; where an answer takes long to come,
 * several windows are fetched side by side, and what is kept beside the object too. What is read
 * here and there is fetched a window at a time.
 */
final class S3Reads {
  private static final int RANDOM_WINDOW = 1024 * 1024;

  private final S3Store store;

  S3Reads(S3Store store) {
    this.store = store;
  }

  /**
   * Whether a reader of a whole file tells all. Near a store the question before is cheap, and
   * keeps a download that goes on from opening what it does not read; far from it the question
   * would cost as much time as the answer.
   */
  boolean tellsAll() {
    return store.options().parallelism() > 1 && store.sessions().pace().isFar();
  }

  StorageReader open(StoragePath path, ReadRequest request) throws StorageException {
    String key = store.keys().file(path);
    boolean random = request.access() == ReadRequest.Access.RANDOM;
    boolean far = !random && tellsAll();
    int window = random ? RANDOM_WINDOW : far ? S3Windows.WINDOW : 0;
    String range = header(request.range(), window);
    if (range == null) {
      return empty(path, key, request);
    }
    Call call = request.call();
    GetObjectRequest.Builder get = GetObjectRequest.builder().bucket(store.bucket()).key(key);
    if (!range.isEmpty()) {
      get.range(range);
    }
    if (request.ifMatch().isPresent()) {
      VersionTag tag = request.ifMatch().get();
      if (!tag.strong()) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED, "The version tag is weak and matches nothing.");
      }
      get.ifMatch(S3Probe.quoted(tag.value()));
    }
    store.encryption().apply(get);
    S3Stream stream;
    try {
      stream = S3Stream.open(store, get.build(), call);
    } catch (StorageException e) {
      if (e.httpStatus().orElse(0) == 416) {
        return empty(path, key, request);
      }
      throw e;
    }
    boolean opened = false;
    try {
      StorageReader reader = reader(path, key, stream, request, window, call);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        stream.close();
      }
    }
  }

  private StorageReader reader(
      StoragePath path, String key, S3Stream stream, ReadRequest request, int window, Call call)
      throws StorageException {
    GetObjectResponse answer = stream.response();
    long size = size(answer);
    ByteRange range = request.range().within(size);
    if (answer.contentLength() >= range.length()) {
      return new S3Reader(metadata(path, key, answer, size, request), range, stream);
    }
    if (window == 0) {
      throw StorageException.of(
          ErrorKind.UNAVAILABLE, "The store gave another range than it was asked for.");
    }
    VersionTag version = S3Meta.tag(answer.eTag());
    S3Windows windows =
        new S3Windows(store, key, version, range, stream, answer.contentLength(), call);
    boolean told = false;
    try {
      if (request.access() == ReadRequest.Access.WHOLE) {
        windows.askAhead();
      }
      windows.tell(metadata(path, key, answer, size, request));
      told = true;
      return windows;
    } finally {
      if (!told) {
        windows.close();
      }
    }
  }

  /**
   * What an answer tells of its file; with what is kept elsewhere where the reader relies on it.
   */
  private FileMetadata metadata(
      StoragePath path, String key, GetObjectResponse answer, long size, ReadRequest request)
      throws StorageException {
    S3Meta meta = S3Meta.read(answer.metadata());
    boolean whole = request.access() == ReadRequest.Access.WHOLE;
    if (whole && meta.sidecar() == S3Meta.Sidecar.NONE && meta.checksums().isEmpty()) {
      Optional<HeadObjectResponse> head = store.head(key, request.call());
      if (head.isPresent() && S3Meta.tag(head.get().eTag()).matches(S3Meta.tag(answer.eTag()))) {
        return store.file(path, head.get(), request.call());
      }
    }
    S3Meta all =
        whole || meta.sidecar() == S3Meta.Sidecar.ATTRIBUTES
            ? store.complete(path, meta, request.call())
            : meta;
    return all.file(path, size, answer.lastModified(), answer.eTag(), answer.contentType());
  }

  /** The size of the whole file. */
  private static long size(GetObjectResponse answer) {
    String range = answer.contentRange();
    int slash = range == null ? -1 : range.lastIndexOf('/');
    return slash < 0 || range.endsWith("*")
        ? answer.contentLength()
        : Long.parseLong(range.substring(slash + 1));
  }

  /** The header for the first answer: empty for all, null where no byte is asked for. */
  private static @Nullable String header(ByteRange range, int window) {
    if (range.length() == 0 || (range.kind() == ByteRange.Kind.LAST && range.offset() == 0)) {
      return null;
    }
    if (range.kind() == ByteRange.Kind.LAST) {
      return range.length() == Long.MAX_VALUE ? "bytes=-" + range.offset() : null;
    }
    long most = window == 0 ? range.length() : Math.min(window, range.length());
    if (range.offset() == 0 && most == Long.MAX_VALUE) {
      return "";
    }
    return most > Long.MAX_VALUE - range.offset()
        ? "bytes=" + range.offset() + "-"
        : "bytes=" + range.offset() + "-" + (range.offset() + most - 1);
  }

  /** A range without a byte, or one that only the size can tell. */
  private StorageReader empty(StoragePath path, String key, ReadRequest request)
      throws StorageException {
    Optional<HeadObjectResponse> head = store.head(key, request.call());
    if (head.isEmpty()) {
      throw StorageException.of(ErrorKind.NOT_FOUND, "There is no such file.");
    }
    FileMetadata file = store.file(path, head.get(), request.call());
    if (request.ifMatch().isPresent() && !request.ifMatch().get().matches(file.versionTag())) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
    }
    ByteRange range = request.range().within(file.size());
    return range.length() == 0
        ? new S3EmptyReader(file, range)
        : open(
            path,
            new ReadRequest(
                range, Optional.of(file.versionTag()), request.access(), request.call()));
  }
}
