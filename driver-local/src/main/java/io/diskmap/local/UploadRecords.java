package io.diskmap.local;

import io.diskmap.spi.Call;
import io.diskmap.spi.UploadId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The records of the chunked saves of a disk.
 *
 * <p>Thread-safe. A record stays {@link #KEPT} after its commit, so that a repeated commit gives
 * the same answer, and goes with the next look at all records after that.
 */
final class UploadRecords {
  static final Duration KEPT = Duration.ofHours(24);
  private static final String DIRECTORY = "uploads";
  private static final Set<StandardOpenOption> READ_WRITE =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final StateDir state;

  UploadRecords(StateDir state) {
    this.state = state;
  }

  /** Makes a record; FileAlreadyExistsException where the id has one. */
  UploadRecord create(UploadRecord.Head head) throws IOException {
    Path name = Path.of(head.request().writeId());
    FileChannel made =
        state.making(
            DIRECTORY, dir -> state.files().createFile(dir, name, state.files().fileMode()));
    SharedChannel file = new SharedChannel(made, () -> reopen(name));
    try {
      return UploadRecord.begin(file, head);
    } catch (IOException | RuntimeException e) {
      Quietly.close(file);
      Quietly.run(() -> remove(head.request().writeId()));
      throw e;
    }
  }

  /** Opens a record; empty where the id has none. */
  Optional<UploadRecord> open(UploadId id, Call call) throws IOException {
    Path name = Path.of(id.value());
    FileChannel opened;
    try {
      opened = reopen(name);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    SharedChannel file = new SharedChannel(opened, () -> reopen(name));
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

  private FileChannel reopen(Path name) throws IOException {
    return state
        .in(DIRECTORY, dir -> dir.openFile(name, READ_WRITE))
        .orElseThrow(() -> new NoSuchFileException(name.toString()));
  }

  /** When a record was written last. */
  Optional<Instant> lastWritten(String id) throws IOException {
    return state.in(DIRECTORY, dir -> modified(dir, Path.of(id))).flatMap(found -> found);
  }

  private static Optional<Instant> modified(Dir dir, Path name) throws IOException {
    try {
      return Optional.of(dir.stat(name).modified());
    } catch (NoSuchFileException removed) {
      return Optional.empty();
    }
  }

  /** The ids of all records. */
  List<String> ids() throws IOException {
    return state
        .in(
            DIRECTORY,
            dir -> {
              List<String> all = new ArrayList<>();
              try (DirectoryStream<Path> names = dir.names()) {
                names.forEach(name -> all.add(name.getFileName().toString()));
              }
              all.removeIf(name -> !name.matches("[0-9a-f]{32}"));
              return all;
            })
        .orElse(List.of());
  }

  void remove(String id) throws IOException {
    state.in(
        DIRECTORY,
        dir -> {
          try {
            dir.deleteFile(Path.of(id));
            return true;
          } catch (NoSuchFileException gone) {
            return false;
          }
        });
  }
}
