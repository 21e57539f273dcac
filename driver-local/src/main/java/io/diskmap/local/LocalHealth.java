package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether the root answers, with its free space.
 *
 * <p>Thread-safe. The question is asked on a worker, because a mount whose server is gone may never
 * answer; the caller gets TIMEOUT then.
 */
final class LocalHealth {
  private final Disk disk;

  LocalHealth(Disk disk) {
    this.disk = disk;
  }

  Health check(Call call) {
    long start = System.nanoTime();
    CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
    try {
      disk.context.workers().execute(() -> ask(answer));
      Duration limit = call.remaining(disk.context.timeout());
      Map<String, String> details = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return Health.ok(since(start), details);
    } catch (ExecutionException e) {
      return Health.failed(
          since(start), LocalErrors.of(Objects.requireNonNullElse(e.getCause(), e)));
    } catch (TimeoutException e) {
      return Health.failed(
          since(start),
          StorageException.of(
              ErrorKind.TIMEOUT,
              "The root did not answer in time; check the file server and the mount."));
    } catch (RejectedExecutionException e) {
      return Health.failed(
          since(start), StorageException.of(ErrorKind.CLOSED, "The manager is closed.", e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Health.failed(
          since(start),
          StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e));
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void ask(CompletableFuture<Map<String, String>> answer) {
    try {
      Path root = disk.tree.path();
      disk.tree.run(Dir::self);
      FileStore store = Files.getFileStore(root);
      boolean writable = !store.isReadOnly() && Files.isWritable(root);
      if (!writable && !disk.context.readOnly()) {
        throw StorageException.of(
            store.isReadOnly() ? ErrorKind.READ_ONLY : ErrorKind.PERMISSION_DENIED,
            store.isReadOnly()
                ? "The file system is mounted read-only; remount it for writing."
                : "The process' user may not write into the root; change its owner or mode.");
      }
      answer.complete(
          Map.of(
              "file_system", store.type(),
              "free_bytes", Long.toString(store.getUsableSpace()),
              "total_bytes", Long.toString(store.getTotalSpace()),
              "writable", Boolean.toString(writable)));
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }
}
