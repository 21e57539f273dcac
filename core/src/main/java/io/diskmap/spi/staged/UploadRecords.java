package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.UploadId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The records of the chunked saves: {@code uploads/<id>}.
 *
 * <p>Thread-safe. A record is made before its hidden file and stays {@link #KEPT} after the commit.
 */
final class UploadRecords {
  static final Duration KEPT = Duration.ofHours(24);
  private static final String DIRECTORY = "uploads";

  private final StateFiles state;

  UploadRecords(StateFiles state) {
    this.state = state;
  }

  private String path(String id) {
    return state.path(DIRECTORY + "/" + id);
  }

  /** Makes a record; ALREADY_EXISTS where the id has one. */
  UploadRecord create(UploadRecord.Head head, Call call) throws StorageException {
    String path = path(head.request().writeId());
    ByteBuffer block = ByteBuffer.wrap(UploadRecord.pack(head));
    RemoteFile made = state.create(path, block, call);
    return new UploadRecord(new ReopeningFile(state.store(), path, made), head);
  }

  /** Opens a record; empty where the id has none. */
  Optional<UploadRecord> open(UploadId id, Call call) throws StorageException {
    if (!RemotePaths.isId(id.value())) {
      return Optional.empty();
    }
    RemoteFile opened;
    try {
      opened = state.store().open(path(id.value()), call);
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    ReopeningFile file = new ReopeningFile(state.store(), path(id.value()), opened);
    boolean loaded = false;
    try {
      Optional<UploadRecord> record = UploadRecord.load(file, call);
      loaded = record.isPresent();
      return record;
    } finally {
      if (!loaded) {
        file.close();
      }
    }
  }

  /** All ids, and when each record was written last. */
  TreeMap<String, Instant> all(Call call) throws StorageException {
    TreeMap<String, Instant> found = new TreeMap<>();
    state
        .store()
        .list(
            state.path(DIRECTORY),
            (name, stat) -> {
              if (RemotePaths.isId(name) && stat.isFile()) {
                found.put(name, stat.modified());
              }
            },
            call);
    return found;
  }

  /** Removes a record; false where the id has none. */
  boolean remove(String id, Call call) throws StorageException {
    return state.store().remove(path(id), call);
  }
}
