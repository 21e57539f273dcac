package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A save in one request whose answer was lost. For one thread.
 *
 * <p>It is settled by looking, never by a blind repeat: the server is asked for its answer by the
 * write id. The process that was sent the save and knows of none has not done it. Another one,
 * after a restart or behind a balancer, cannot know, so the file itself is looked at: a version
 * older than the save is not the save's, and one with its content is as good. Where that cannot
 * tell either, the outcome is unknown.
 */
final class LostSave {
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration COARSE_CLOCK = Duration.ofSeconds(2);
  private static final int BLOCK = 64 * 1024;

  private final StorageDriver driver;
  private final RemoteHttpSessions sessions;
  private final WriteRequest request;
  private final Attempts attempts;
  private final Optional<String> instance;
  private final long begun = System.nanoTime();

  private LostSave(
      StorageDriver driver, RemoteHttpSessions sessions, WriteRequest request, Attempts attempts) {
    this.driver = driver;
    this.sessions = sessions;
    this.request = request;
    this.attempts = attempts;
    this.instance = sessions.instances().only();
  }

  /** Notes what is known before the save is sent. */
  static LostSave before(
      StorageDriver driver, RemoteHttpSessions sessions, WriteRequest request, Attempts attempts) {
    return new LostSave(driver, sessions, request, attempts);
  }

  /** What the save answered, or the failure where it is certain that it did not happen. */
  FileMetadata settle(StoragePath path, ByteBuffer content, StorageException failure)
      throws StorageException {
    Call look = Call.within(request.call().context(), LOOK);
    try {
      return Completion.of(sessions, request.writeId(), content.remaining(), attempts)
          .run(path, look);
    } catch (StorageException e) {
      return switch (e.kind()) {
        case NOT_FOUND -> byTheFile(path, content, failure, look);
        case LENGTH_MISMATCH -> {
          sessions.abort(request.writeId(), look);
          throw failure;
        }
        case ALREADY_EXISTS, PRECONDITION_FAILED, PATH_CONFLICT -> throw e;
        default -> throw unknown(failure);
      };
    }
  }

  private FileMetadata byTheFile(
      StoragePath path, ByteBuffer content, StorageException failure, Call look)
      throws StorageException {
    WriteCondition condition = request.condition();
    @Nullable FileMetadata saved = null;
    boolean untouched;
    try {
      Optional<FileMetadata> now = attempts.run(look, () -> find(path, look));
      untouched =
          switch (condition.kind()) {
            case IF_ABSENT -> now.isEmpty();
            case IF_MATCH ->
                now.isPresent()
                    && condition.tag().filter(now.get().versionTag()::matches).isPresent();
            case NONE -> now.isEmpty() || sameServer();
          };
      untouched = untouched || (now.isPresent() && isOlder(now.get(), look));
      if (!untouched
          && condition.kind() == WriteCondition.Kind.NONE
          && now.isPresent()
          && now.get().size() == content.remaining()
          && holds(path, content, look)) {
        saved = now.get();
      }
    } catch (StorageException e) {
      failure.addSuppressed(e);
      throw unknown(failure);
    }
    if (untouched) {
      throw failure;
    }
    if (saved == null) {
      throw unknown(failure);
    }
    return saved;
  }

  private boolean sameServer() {
    return instance.isPresent() && instance.equals(sessions.instances().only());
  }

  /** Whether a file is older than this save, by a store's clock that may count in whole seconds. */
  private boolean isOlder(FileMetadata file, Call look) throws StorageException {
    Instant storeTime = driver.storeTime(look);
    Duration sinceBegin = Duration.ofNanos(System.nanoTime() - begun);
    return file.modified().isBefore(storeTime.minus(sinceBegin).minus(COARSE_CLOCK));
  }

  private Optional<FileMetadata> find(StoragePath path, Call look) throws StorageException {
    try {
      return Optional.of(driver.stat(path, look));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean holds(StoragePath path, ByteBuffer content, Call look) throws StorageException {
    ByteBuffer wanted = content.duplicate();
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (StorageReader reader = driver.openRead(path, ReadRequest.all(look))) {
      while (reader.read(block) >= 0) {
        block.flip();
        if (block.remaining() > wanted.remaining()
            || !block.equals(wanted.slice(wanted.position(), block.remaining()))) {
          return false;
        }
        wanted.position(wanted.position() + block.remaining());
        block.clear();
      }
    }
    return !wanted.hasRemaining();
  }

  /** Says that the save may or may not have happened. */
  static StorageException unknown(StorageException failure) {
    return StorageException.of(
        ErrorKind.OUTCOME_UNKNOWN,
        "The server's answer to the save was lost; read the file's metadata before saving again.",
        failure);
  }
}
