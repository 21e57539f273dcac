package io.diskmap.internal.pipeline;

import io.diskmap.AuditSink;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import io.diskmap.internal.memory.MemoryDriverFactory;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionValues;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A memory disk behind a flaky driver, with everything a test looks at. */
final class TestDisk implements AutoCloseable {
  final ExecutorService threads = Executors.newCachedThreadPool();
  final ChunkPool chunks = new ChunkPool(8L * 1024 * 1024);
  final ActiveCalls calls = new ActiveCalls();
  final FlakyDriver driver;
  final Storage storage;

  TestDisk(AuditSink audit, StorageListener listener, Duration metadataTtl)
      throws StorageException {
    MemoryDriverFactory factory = new MemoryDriverFactory();
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
    OptionValues values =
        OptionValues.of(factory.options().and(CommonOptions.TABLE), Map.of("driver", "memory"));
    driver = new FlakyDriver(factory.open(context, values));
    DiskSettings settings =
        new DiskSettings(
            "test",
            "memory",
            ServerRole.TESTING,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Optional.empty(),
            false,
            4,
            false,
            false,
            Duration.ofHours(24),
            metadataTtl,
            false,
            List.of());
    storage =
        DiskStorage.of(
            new Disk(settings, driver, chunks, calls, audit, listener, Clock.systemUTC(), threads));
  }

  TestDisk() throws StorageException {
    this(AuditSink.none(), new StorageListener() {}, Duration.ZERO);
  }

  @Override
  public void close() {
    calls.shutDown(Duration.ZERO);
    driver.close();
    threads.shutdownNow();
  }
}
