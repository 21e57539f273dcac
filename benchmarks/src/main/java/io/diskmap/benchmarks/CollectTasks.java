package io.diskmap.benchmarks;

import io.diskmap.DiskMap;
import io.diskmap.SaveOptions;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.TaskQuery;
import io.diskmap.catalog.TaskRecord;
import io.diskmap.catalog.UserFiles;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.data.SeededContent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What it costs a worker to collect a task's output to a services server in chunks of 1 MiB, with
 * records in an embedded database, beside a save of the same tree to the same disk. Both compute
 * SHA-256 of each file.
 */
final class CollectTasks implements AutoCloseable {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final int LARGE = 8;
  private static final long LARGE_BYTES = 32L << 20;
  private static final int SMALL = 2000;
  private static final Instant SUBMITTED = Instant.parse("2026-03-01T12:30:45Z");

  private final Path large;
  private final Path small;
  private final StorageManager master;
  private final StorageServer server;
  private final StorageManager storages;
  private final TaskFiles catalogue;

  /** The output and the database are in one directory, the files that are collected in another. */
  CollectTasks(Path work, Path root) throws IOException {
    large = Files.createDirectories(work.resolve("large"));
    small = Files.createDirectories(work.resolve("small"));
    for (int i = 0; i < LARGE; i++) {
      new SeededContent(i, LARGE_BYTES).writeTo(large.resolve("video" + i + ".bin"));
    }
    for (int i = 0; i < SMALL; i++) {
      new SeededContent(i, 4096).writeTo(small.resolve("page" + i + ".json"));
    }
    Path files = Files.createDirectories(root);
    master =
        StorageManager.builder()
            .diskMap(
                DiskMap.builder()
                    .disk("tasks", "local", Map.of("root", files.toString()))
                    .section("audit", Map.of("store", "off"))
                    .build())
            .workspace("tasks")
            .role(ServerRole.SERVICES)
            .build();
    ServerSection.Key key =
        new ServerSection.Key(
            Secret.of(KEY), Optional.empty(), List.of(), List.of(""), false, false);
    server =
        StorageServer.of(
            master,
            new ServerSection(
                InetSocketAddress.createUnresolved("127.0.0.1", 0),
                Optional.empty(),
                Map.of("workers", key)));
    server.start();
    Map<String, Object> options =
        Map.of(
            "url",
            "http://127.0.0.1:" + server.address().getPort(),
            "api_key",
            KEY,
            "chunk_size",
            "1MiB");
    storages = StorageManager.open(DiskMap.builder().disk("tasks", "remote-http", options).build());
    catalogue =
        TaskFiles.on(storages.disk("tasks").scoped("tasks"))
            .directory(Files.createTempDirectory(work, "database"))
            .open();
  }

  List<Duel> duels() {
    return List.of(
        duel("collect of 256 MiB in 8 files, chunks of 1 MiB", 0.7, 3, large),
        duel("collect of 2 000 files of 4 KiB", 0.3, 1, small));
  }

  private Duel duel(String task, double target, int times, Path output) {
    return new Duel(
        task,
        "saveTree with SHA-256, no catalogue",
        target,
        times,
        () -> catalogue.collect(output, "ann", "ocr", SUBMITTED, UUID.randomUUID().toString()),
        () -> storages.disk("tasks").saveTree(output, "tree", SaveOptions.defaults().withSha256()),
        this::clear);
  }

  private void clear() throws StorageException {
    UserFiles files = catalogue.forUser("ann");
    for (TaskRecord task : files.tasks(TaskQuery.all()).tasks()) {
      files.delete(task.taskId());
    }
    storages.disk("tasks").deletePrefix("tree");
  }

  @Override
  public void close() {
    catalogue.close();
    storages.close();
    server.close();
    master.close();
  }
}
