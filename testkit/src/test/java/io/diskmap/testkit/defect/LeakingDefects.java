package io.diskmap.testkit.defect;

import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Defects of resources. What they leak is given back by {@link #giveBack}. Thread-safe. */
final class LeakingDefects {
  private static final Queue<AutoCloseable> LEAKED = new ConcurrentLinkedQueue<>();

  private LeakingDefects() {}

  /** Ends what the defects have leaked, after the test that found it. */
  static void giveBack() throws Exception {
    for (AutoCloseable leaked; (leaked = LEAKED.poll()) != null; ) {
      leaked.close();
    }
  }

  static StorageDriver leaksAChunk(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        return new PassingWriter(super.openWrite(path, request)) {
          @Override
          public void write(long offset, Chunk chunk, Call call) throws StorageException {
            super.write(offset, chunk.length() < chunkSize() ? chunk.retain() : chunk, call);
          }
        };
      }
    };
  }

  static StorageDriver leaksAThread(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread =
            new Thread(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "leaked");
        thread.setDaemon(true);
        thread.start();
        LEAKED.add(end::countDown);
        return super.openRead(path, request);
      }
    };
  }

  static StorageDriver leaksADescriptor(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        try {
          LEAKED.add(FileChannel.open(Path.of("/etc/hostname")));
        } catch (IOException e) {
          throw StorageException.of(ErrorKind.LOCAL_IO, "The file to leak is missing.", e);
        }
        return super.openRead(path, request);
      }
    };
  }

  static StorageDriver interruptSpreads(StorageDriver sound) {
    AtomicBoolean broken = new AtomicBoolean();
    return new Passing(sound) {
      @Override
      public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
        return new PassingReader(super.openRead(path, request)) {
          @Override
          public int read(ByteBuffer target) throws StorageException {
            LockSupport.parkNanos(100_000);
            if (Thread.currentThread().isInterrupted()) {
              broken.set(true);
            }
            return super.read(target);
          }
        };
      }

      @Override
      public StorageWriter openWrite(StoragePath path, WriteRequest request)
          throws StorageException {
        if (broken.get() && !Thread.currentThread().isInterrupted()) {
          throw StorageException.of(ErrorKind.UNKNOWN, "The session is broken.");
        }
        return super.openWrite(path, request);
      }
    };
  }

  static StorageDriver probesByWriting(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public Health health(Call call) {
        WriteRequest probe =
            new WriteRequest(
                "f".repeat(32),
                OptionalLong.empty(),
                WriteCondition.none(),
                Durability.NONE,
                Optional.empty(),
                Map.of(),
                Set.of(),
                Optional.empty(),
                call);
        try {
          inner.put(
              StoragePath.of("probe"),
              Chunk.wrap(ByteBuffer.allocate(0)),
              new CommitRequest(0, List.of(), call),
              probe);
        } catch (StorageException e) {
          return Health.failed(Duration.ZERO, e);
        }
        return super.health(call);
      }
    };
  }
}
