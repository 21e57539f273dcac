package io.diskmap.catalog;

import io.diskmap.CallContext;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.jdbc.internal.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/**
 * Brings the output of a task into the catalogue, whole or not at all. Thread-safe.
 *
 * <p>In order: every file is read once for its checksums; a place is reserved in the database;
 * large files are staged in chunks, of which nothing is visible; then all files are published; and
 * one transaction shows the task. Until then nobody sees it in the catalogue, and a repeat goes on
 * with what is there: it sends the missing chunks of files that did not change.
 */
final class TaskCollector {
  private final Database database;
  private final Storage storage;
  private final Clock clock;
  private final ExecutorService threads;
  private final int parallel;
  private final Duration lease;
  private final Quota quota;

  TaskCollector(
      Database database,
      Storage storage,
      Clock clock,
      ExecutorService threads,
      int parallel,
      Duration lease,
      Quota quota) {
    this.database = database;
    this.storage = storage;
    this.clock = clock;
    this.threads = threads;
    this.parallel = parallel;
    this.lease = lease;
    this.quota = quota;
  }

  TaskRecord collect(Path directory, TaskIdentity identity) throws StorageException {
    List<LocalOutput.Entry> output = LocalOutput.of(directory);
    for (LocalOutput.Entry entry : output) {
      identity.path().resolve(entry.path());
    }
    List<CollectedFile> files = sums(output);
    long now = clock.millis();
    Reservation.Holder holder =
        new Reservation.Holder(UUID.randomUUID().toString(), now, now + lease.toMillis());
    Reservation reservation =
        Transactions.call(database, c -> Reservation.take(c, identity, files, quota, holder));
    if (reservation.done().isPresent()) {
      return reservation.done().get().record();
    }
    HeldTask held =
        new HeldTask(database, clock, lease, identity.taskId(), holder.id(), holder.until());
    try {
      send(identity, reservation, output, held);
      return held.complete(identity.userId()).record();
    } catch (StorageException | RuntimeException e) {
      try {
        held.release();
      } catch (StorageException release) {
        e.addSuppressed(release);
      }
      throw e;
    }
  }

  private List<CollectedFile> sums(List<LocalOutput.Entry> output) throws StorageException {
    CollectedFile[] files = new CollectedFile[output.size()];
    Parallel.forEach(
        threads,
        Math.min(parallel, Math.max(1, output.size())),
        IntStream.range(0, output.size()).boxed()::iterator,
        number -> {
          LocalOutput.Entry entry = output.get(number);
          FileSums sums = FileSums.of(entry.file());
          files[number] =
              new CollectedFile(
                  number,
                  entry.path().value(),
                  sums.size(),
                  sums.crc32c(),
                  sums.sha256(),
                  Optional.empty(),
                  false);
        });
    return List.copyOf(Arrays.asList(files));
  }

  private void send(
      TaskIdentity identity, Reservation reservation, List<LocalOutput.Entry> output, HeldTask held)
      throws StorageException {
    Storage place = at(identity);
    if (reservation.replaced()) {
      requireComplete(place.deleteAll(DeleteOptions.defaults()));
    }
    FileSender sender = new FileSender(place, held, threads, parallel);
    List<CollectedFile> missing = new ArrayList<>();
    List<CollectedFile> large = new ArrayList<>();
    for (CollectedFile file : reservation.files()) {
      if (!file.uploaded()) {
        missing.add(file);
        if (file.size() > FileSender.SMALL) {
          large.add(file);
        }
      }
    }
    Map<Integer, String> staged = new ConcurrentHashMap<>();
    Parallel.forEach(
        threads,
        parallel,
        large,
        file -> staged.put(file.number(), sender.stage(file, output.get(file.number()).file())));
    Parallel.forEach(
        threads,
        parallel,
        missing,
        file ->
            sender.publish(
                file,
                output.get(file.number()).file(),
                Optional.ofNullable(staged.get(file.number()))));
  }

  /** The prefix of a task, on behalf of its user. */
  private Storage at(TaskIdentity identity) throws StorageException {
    CallContext context =
        CallContext.ofUser(identity.userId()).withDetail("task_id", identity.taskId());
    return storage.scoped(identity.path().value()).with(context);
  }

  private static void requireComplete(DeleteReport report) throws StorageException {
    if (!report.isComplete()) {
      throw report.failures().get(0).error();
    }
  }
}
