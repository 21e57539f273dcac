package io.diskmap.http.client;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.JsonOut;
import io.diskmap.http.protocol.Names;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.Request;
import okhttp3.RequestBody;

/**
 * A remote worker's way to its inputs and for its results: fetch a file, work on it, hand in the
 * result, and only then delete the local copy.
 *
 * <p>Thread-safe; calls block. Content streams both ways. An exchange that failed on the way is
 * repeated: a download goes on where it was while the file is the same, a result carries an id by
 * which the server knows a repeat.
 */
public final class WorkerClient implements AutoCloseable {
  /** How old a local copy becomes that nobody deleted. */
  public static final Duration SWEEP_AGE = Duration.ofHours(24);

  static final String LOCAL_PREFIX = "download_";

  private static final String UPLOAD_RESULT = "/api/v1/files/upload-result";

  private final WorkerOptions options;
  private final RemoteHttpSessions sessions;
  private final Attempts attempts;

  private WorkerClient(WorkerOptions options) throws StorageException {
    this.options = options;
    this.sessions = new RemoteHttpSessions(options.connection());
    this.attempts = new Attempts(options.retries());
  }

  /** A client that connects when it is first used, and deletes what an earlier one left behind. */
  public static WorkerClient open(WorkerOptions options) throws StorageException {
    try {
      Files.createDirectories(options.directory());
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The worker's directory cannot be made; check its parent.", e);
    }
    WorkerClient client = new WorkerClient(options);
    client.sweep();
    return client;
  }

  /**
   * What a worker made of one input.
   *
   * @param file the file that is handed in; it is deleted when the server has it
   * @param data what describes it, as JSON
   */
  public record Result(Path file, String data) {}

  /** What a worker does with one input. */
  @FunctionalInterface
  public interface Work {
    /** Reads the local copy and leaves its result in a local file. */
    Result apply(Path input) throws IOException;
  }

  /**
   * Fetches an input, works on it, hands in the result, and deletes both local files.
   *
   * <p>After a failure of any step the local files stay, until they are swept.
   */
  public void process(String filePath, Work work) throws IOException {
    Path input = download(filePath);
    Result result = work.apply(input);
    uploadResult(result.file(), result.data());
    Files.deleteIfExists(input);
  }

  /**
   * Fetches an input by the path that the server knows, into a local file of its own.
   *
   * <p>Missing file: NOT_FOUND. One that is not served: PERMISSION_DENIED. After failure nothing
   * stays. The caller deletes the file when its result is handed in.
   */
  public Path download(String filePath) throws StorageException {
    Request.Builder request =
        new Request.Builder()
            .url(options.connection().url() + "/api/v1/files/download")
            .post(
                RequestBody.create(
                    JsonOut.object(out -> out.writeStringField("file_path", filePath)),
                    MediaType.get(Names.JSON)));
    String name = filePath.substring(filePath.lastIndexOf('/') + 1);
    return new WorkerDownload(sessions, attempts, options.directory(), name).fetch(request);
  }

  /**
   * Hands in a result and deletes its local file once the server has all of it.
   *
   * <p>After a failure the local file stays, and the call may be repeated.
   */
  public void uploadResult(Path file, String data) throws StorageException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw StorageException.of(ErrorKind.LOCAL_IO, "The result is not a local file.");
    }
    RequestBody body =
        new MultipartBody.Builder()
            .setType(MultipartBody.FORM)
            .addFormDataPart("result_data", data)
            .addFormDataPart(
                "file",
                String.valueOf(file.getFileName()),
                RequestBody.create(file.toFile(), MediaType.get(Names.OCTETS)))
            .build();
    Request.Builder request =
        new Request.Builder()
            .url(options.connection().url() + UPLOAD_RESULT)
            .header("X-Result-Id", UUID.randomUUID().toString().replace("-", ""))
            .post(body);
    Call call = Call.unbounded(CallContext.none());
    attempts.run(
        call,
        () -> {
          try (RemoteHttpSessions.Exchange exchange =
              sessions.open(request, call, Optional.empty())) {
            return exchange.document().text("status");
          } catch (StorageException e) {
            throw e;
          } catch (IOException e) {
            throw RemoteHttpErrors.of(e);
          }
        });
    delete(file);
  }

  private static void delete(Path file) throws StorageException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The result is handed in, and its local file cannot be deleted.", e);
    }
  }

  /**
   * Deletes the local copies {@code download_*} that are older than {@link #SWEEP_AGE}, which a
   * worker that was killed left behind.
   *
   * @return how many there were
   */
  public int sweep() throws StorageException {
    Instant oldest = Instant.now().minus(SWEEP_AGE);
    int swept = 0;
    try (DirectoryStream<Path> copies =
        Files.newDirectoryStream(options.directory(), LOCAL_PREFIX + "*")) {
      for (Path copy : copies) {
        if (isOlder(copy, oldest) && Files.deleteIfExists(copy)) {
          swept++;
        }
      }
      return swept;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The worker's directory cannot be swept; check who owns it.", e);
    }
  }

  private static boolean isOlder(Path copy, Instant oldest) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(copy, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          && attributes.lastModifiedTime().toInstant().isBefore(oldest);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Ends calls under way and the connections; local files stay. */
  @Override
  public void close() {
    sessions.close();
  }
}
