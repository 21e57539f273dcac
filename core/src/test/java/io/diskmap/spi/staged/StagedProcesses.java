package io.diskmap.spi.staged;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.FileMetadata;
import io.diskmap.ServerRole;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.WriteRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** Processes that save on one server, where something happens around its next rename. */
final class StagedProcesses implements AutoCloseable {
  static final Call CALL = Call.unbounded(CallContext.none());

  final AtomicReference<Step> before = new AtomicReference<>(() -> {});
  final AtomicReference<Step> after = new AtomicReference<>(() -> {});
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ChunkPool chunks = new ChunkPool(8L << 20);
  private final Path root;
  private final boolean tellsIds;
  private final boolean captureInDirectory;

  StagedProcesses(Path root, boolean tellsIds, boolean captureInDirectory) {
    this.root = root;
    this.tellsIds = tellsIds;
    this.captureInDirectory = captureInDirectory;
  }

  /** What happens once, in another process. */
  interface Step {
    void run() throws Exception;
  }

  private final class Server extends DirectoryStore {
    Server() {
      super(root, tellsIds);
    }

    @Override
    public void replace(String from, String to, Call call) throws StorageException {
      run(before);
      super.replace(from, to, call);
      run(after);
    }

    private void run(AtomicReference<Step> step) throws StorageException {
      try {
        step.getAndSet(() -> {}).run();
      } catch (StorageException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  DirectoryStore server() {
    return new Server();
  }

  StagedSaves process() {
    return process(server());
  }

  StagedSaves process(DirectoryStore server) {
    DriverContext context =
        new DriverContext(
            "test",
            ServerRole.TESTING,
            Clock.systemUTC(),
            chunks,
            threads,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            false);
    StagedOptions options =
        new StagedOptions(
            ".diskmap",
            65_536,
            4,
            -1,
            Duration.ZERO,
            true,
            true,
            false,
            captureInDirectory,
            List.of(),
            false);
    return new StagedSaves(context, options, server, server);
  }

  static FileMetadata save(
      StagedSaves saves, StoragePath path, String content, Map<String, String> attributes)
      throws StorageException {
    WriteRequest request =
        new WriteRequest(
            RemotePaths.randomId(),
            OptionalLong.empty(),
            WriteCondition.none(),
            Durability.CONTENT,
            attributes.isEmpty() ? Optional.empty() : Optional.of("text/plain"),
            attributes,
            Set.of(),
            Optional.empty(),
            CALL);
    Chunk chunk = Chunk.wrap(StandardCharsets.UTF_8.encode(content));
    return saves.put(path, chunk, new CommitRequest(content.length(), List.of(), CALL), request);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
