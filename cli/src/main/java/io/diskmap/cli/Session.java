package io.diskmap.cli;

import io.diskmap.CallContext;
import io.diskmap.CallOptions;
import io.diskmap.Cancellation;
import io.diskmap.DiskMap;
import io.diskmap.DiskMapException;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The disks during one run of the command: what Ctrl-C ends, and what closes with the command.
 * Thread-safe.
 */
final class Session implements AutoCloseable {
  private final StorageManager storages;
  private final Cancellation cancellation;
  private final Cancellation.Registration onInterrupt;
  private final CallContext context;

  private Session(StorageManager storages, Cancellation cancellation, CallContext context) {
    this.storages = storages;
    this.cancellation = cancellation;
    this.context = context;
    this.onInterrupt = cancellation.onCancel(() -> endSoon(storages));
  }

  /**
   * Opens the disk map of {@code --config} in role worker, else what the environment describes.
   *
   * @throws DiskMapException listing every mistake
   */
  static Session open(Diskmap diskmap) {
    return open(diskmap, StorageManager.builder());
  }

  /** The same with the audit store left closed. */
  static Session openWithoutAudit(Diskmap diskmap) {
    return open(diskmap, StorageManager.builder().withoutAuditStore());
  }

  private static Session open(Diskmap diskmap, StorageManager.Builder builder) {
    return new Session(
        manager(diskmap, builder), diskmap.interrupts().cancellation(), contextOf(diskmap));
  }

  private static StorageManager manager(Diskmap diskmap, StorageManager.Builder builder) {
    Function<String, @Nullable String> environment = diskmap.terminal().environment();
    builder.environment(environment);
    Optional<Path> config = diskmap.config();
    if (config.isEmpty()) {
      if (environment.apply("SERVER_ROLE") == null) {
        throw DiskMapException.of(
            "there is no configuration: give --config FILE, or set SERVER_ROLE (web, services,"
                + " worker or testing) and the variables of that role");
      }
      return builder.build();
    }
    refuseWeb(environment);
    return builder.diskMap(DiskMap.read(config.get(), environment)).role(ServerRole.WORKER).build();
  }

  /** A web server stays one: {@code --config} is no way around its role. */
  private static void refuseWeb(Function<String, @Nullable String> environment) {
    if ("web".equalsIgnoreCase(environment.apply("SERVER_ROLE"))) {
      throw new UsageException(
          "SERVER_ROLE is web, and --config would make this a worker; leave one of them out.");
    }
  }

  private static CallContext contextOf(Diskmap diskmap) {
    CallContext context = CallContext.none();
    if (diskmap.user().isPresent()) {
      context = context.withUser(diskmap.user().get());
    }
    if (diskmap.cohort().isPresent()) {
      context = context.withCohort(diskmap.cohort().get());
    }
    return context;
  }

  /** Calls that take no cancellation end by the close, which waits for them; not in this thread. */
  private static void endSoon(StorageManager storages) {
    Thread closing = new Thread(storages::close, "diskmap-close");
    closing.setDaemon(true);
    closing.start();
  }

  StorageManager storages() {
    return storages;
  }

  /** The role of this process. */
  ServerRole role() {
    return storages.role();
  }

  /** The disk of this name, on behalf of the user that was named. */
  Storage disk(String name) throws StorageException {
    return storages.disk(name).with(context);
  }

  /** What every call of the command takes. */
  CallOptions call() {
    return CallOptions.defaults().withCancellation(cancellation);
  }

  @Override
  public void close() {
    onInterrupt.close();
    storages.close();
  }
}
