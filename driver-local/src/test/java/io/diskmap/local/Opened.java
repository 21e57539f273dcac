package io.diskmap.local;

import io.diskmap.CallContext;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
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
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local driver by itself, with its own workers; closing it ends them. */
final class Opened implements AutoCloseable {
  final LocalDriver driver;
  private final ExecutorService workers = Executors.newFixedThreadPool(4);

  private Opened(Path root, Map<String, ?> options, boolean readOnly) throws StorageException {
    Map<String, Object> all = new HashMap<>(options);
    all.put("root", root.toString());
    DriverContext context =
        new DriverContext(
            "disk",
            ServerRole.WORKER,
            Clock.systemUTC(),
            new ChunkPool(16 << 20),
            workers,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            readOnly);
    try {
      this.driver =
          LocalDriver.open(context, LocalOptions.of(OptionValues.of(LocalOptions.TABLE, all)));
    } catch (StorageException | RuntimeException e) {
      workers.shutdownNow();
      throw e;
    }
  }

  static Opened at(Path root) throws StorageException {
    return new Opened(root, Map.of(), false);
  }

  static Opened at(Path root, Map<String, ?> options) throws StorageException {
    return new Opened(root, options, false);
  }

  static Opened readOnly(Path root) throws StorageException {
    return new Opened(root, Map.of(), true);
  }

  static Call call() {
    return Call.unbounded(CallContext.none());
  }

  static StoragePath path(String text) throws StorageException {
    return StoragePath.of(text);
  }

  static WriteRequest request() {
    return request(WriteCondition.none(), Map.of(), Durability.CONTENT);
  }

  static WriteRequest request(
      WriteCondition condition, Map<String, String> attributes, Durability durability) {
    return new WriteRequest(
        StagedNames.randomId(),
        OptionalLong.empty(),
        condition,
        durability,
        Optional.empty(),
        attributes,
        Set.<ChecksumAlgorithm>of(),
        Optional.<Checksum>empty(),
        call());
  }

  FileMetadata put(String path, String text) throws StorageException {
    return put(path, text, request());
  }

  FileMetadata put(String path, String text, WriteRequest request) throws StorageException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return driver.put(
        path(path),
        Chunk.wrap(ByteBuffer.wrap(bytes)),
        new CommitRequest(bytes.length, List.of(), request.call()),
        request);
  }

  static CommitRequest commit(long length) {
    return new CommitRequest(length, List.of(), call());
  }

  String text(String path) throws StorageException {
    try (StorageReader reader = driver.openRead(path(path), ReadRequest.all(call()))) {
      ByteBuffer all = ByteBuffer.allocate((int) reader.range().length() + 1);
      while (reader.read(all) >= 0) {
        continue;
      }
      return new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
    }
  }

  List<String> names() throws StorageException {
    List<String> found = new ArrayList<>();
    try (EntryCursor cursor = driver.list(StoragePath.root(), ListRequest.all(call()))) {
      while (cursor.next()) {
        found.add(cursor.entry().path().value());
      }
    }
    return found;
  }

  @Override
  public void close() {
    driver.close();
    workers.shutdownNow();
  }
}
