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
import java.util.Optional;

/**
 * A save in one request whose answer was lost. For one thread.
 *
 * <p>It is settled by looking, never by a blind repeat: the server is asked for its answer by the
 * write id. A server that knows of none may have been restarted, so the file itself is looked at;
 * where that cannot tell either, the outcome is unknown.
 */
final class LostSave {
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final int BLOCK = 64 * 1024;

  private final StorageDriver driver;
  private final RemoteHttpSessions sessions;
  private final WriteRequest request;
  private final Attempts attempts;
  private final Call look;

  private LostSave(
      StorageDriver driver, RemoteHttpSessions sessions, WriteRequest request, Attempts attempts) {
    this.driver = driver;
    this.sessions = sessions;
    this.request = request;
    this.attempts = attempts;
    this.look = Call.within(request.call().context(), LOOK);
  }

  static LostSave of(
      StorageDriver driver, RemoteHttpSessions sessions, WriteRequest request, Attempts attempts) {
    return new LostSave(driver, sessions, request, attempts);
  }

  /** What the save answered, or the failure where it is certain that it did not happen. */
  FileMetadata settle(StoragePath path, ByteBuffer content, StorageException failure)
      throws StorageException {
    try {
      return Completion.of(sessions, request.writeId(), content.remaining(), attempts)
          .run(path, look);
    } catch (StorageException e) {
      return switch (e.kind()) {
        case NOT_FOUND -> byTheFile(path, content, failure);
        case LENGTH_MISMATCH -> {
          sessions.abort(request.writeId(), look);
          throw failure;
        }
        case ALREADY_EXISTS, PRECONDITION_FAILED, PATH_CONFLICT -> throw e;
        default -> throw unknown(failure);
      };
    }
  }

  private FileMetadata byTheFile(StoragePath path, ByteBuffer content, StorageException failure)
      throws StorageException {
    WriteCondition condition = request.condition();
    try {
      Optional<FileMetadata> now = attempts.run(look, () -> find(path));
      if (now.isEmpty() && condition.kind() != WriteCondition.Kind.IF_MATCH) {
        throw failure;
      }
      if (now.isPresent() && condition.tag().filter(now.get().versionTag()::matches).isPresent()) {
        throw failure;
      }
      boolean ours =
          condition.kind() == WriteCondition.Kind.NONE
              && now.isPresent()
              && now.get().size() == content.remaining()
              && holds(path, content);
      if (ours) {
        return now.get();
      }
    } catch (StorageException e) {
      if (e == failure) {
        throw e;
      }
      failure.addSuppressed(e);
    }
    throw unknown(failure);
  }

  private Optional<FileMetadata> find(StoragePath path) throws StorageException {
    try {
      return Optional.of(driver.stat(path, look));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean holds(StoragePath path, ByteBuffer content) throws StorageException {
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
