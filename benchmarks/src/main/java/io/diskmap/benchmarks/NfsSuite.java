package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.process.Tool;
import io.diskmap.testkit.server.GaneshaServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The NFS driver beside the tools of libnfs, on nfs-ganesha servers over memory and over a disk.
 *
 * <p>{@code nfs-cp} and {@code nfs-ls} are looked for on the PATH. They have to be of libnfs 5 or
 * later: version 4 cannot write over NFS 4.
 */
final class NfsSuite implements AutoCloseable {
  private static final Tool CP = new Tool("nfs-cp", "a build of libnfs 5 or later");
  private static final Tool LS = new Tool("nfs-ls", "a build of libnfs 5 or later");
  private static final long BIG = 256L << 20;
  private static final long DISTANT = 64L << 20;
  private static final int LISTED_FILES = 10_000;
  private static final int SMALL_FILES = 2_000;
  private static final int THREADS = 8;
  private static final int SHORT = 3;
  private static final Duration ONE_WAY = Duration.ofMillis(10);

  private final Path work;
  private final Path big;
  private final Path distantSource;
  private final GaneshaServer memory;
  private final GaneshaServer disk;
  private final FaultProxy far;
  private final StorageManager manager;
  private final NfsCosts costs;
  private int number;

  NfsSuite(Path directory) throws Exception {
    Path onDisk = Files.createDirectories(directory);
    this.work = Files.createTempDirectory(Path.of("/dev/shm"), "diskmap-bench-");
    this.big = write(work.resolve("big.bin"), BIG);
    this.distantSource = write(work.resolve("distant.bin"), DISTANT);
    this.memory = GaneshaServer.start(work);
    this.disk = GaneshaServer.start(onDisk);
    this.far = FaultProxy.to("127.0.0.1", memory.port());
    far.delay(ONE_WAY);
    this.manager =
        StorageManager.open(
            DiskMap.parse(
                "{\"disks\":{\"memory\":%s,\"disk\":%s,\"far\":%s}}"
                    .formatted(json(memory.port()), json(disk.port()), json(far.port()))));
    this.costs = new NfsCosts(big, work, url(memory.port()), manager.disk("memory"));
  }

  private static String json(int port) {
    return """
        {"driver":"nfs","host":"127.0.0.1","port":%d,"export":"/export","uid":0,"gid":0}"""
        .formatted(port);
  }

  private static String url(int port) {
    return "nfs://127.0.0.1/export/%s?version=4&nfsport=" + port;
  }

  /** A name that was never used: the server remembers what it has seen. */
  private String fresh(String kind) {
    number++;
    return kind + "-" + number;
  }

  List<Duel> duels() throws Exception {
    Storage near = manager.disk("memory");
    Storage distant = manager.disk("far");
    near.save("big", Content.of(big));
    near.save("distant", Content.of(distantSource));
    for (int i = 0; i < LISTED_FILES; i++) {
      near.save("many/f%05d".formatted(i), Content.of("x"));
    }
    byte[] small = new SeededContent(3, 4096).stream().readAllBytes();
    Storage slow = manager.disk("disk");
    List<Duel> duels = new ArrayList<>();
    duels.add(
        new Duel(
            "save of 256 MiB, in memory",
            "nfs-cp",
            0.9,
            () -> near.save(fresh("ours"), Content.of(big)),
            () -> copy(big.toString(), memory.port(), fresh("theirs")),
            () -> near.deletePrefix("none")));
    duels.add(
        new Duel(
            "downloadTo of 256 MiB, in memory",
            "nfs-cp",
            1.2,
            () -> near.downloadTo("big", work.resolve("ours.bin")),
            () -> copyBack(memory.port(), "big"),
            this::clearLocal));
    duels.add(
        new Duel(
            "save of 256 MiB, durable on a disk",
            "dd conv=fsync without NFS",
            0.65,
            () -> slow.save(fresh("ours"), Content.of(big)),
            () ->
                Shell.run(
                    "dd",
                    "if=" + big,
                    "of=" + disk.files().resolveSibling("dd.bin"),
                    "bs=1M",
                    "conv=fsync",
                    "status=none"),
            () -> Shell.run("rm", "-f", disk.files().resolveSibling("dd.bin").toString())));
    duels.add(
        new Duel(
            "save of 64 MiB at 20 ms of round-trip time",
            "nfs-cp",
            6,
            () -> distant.save(fresh("ours"), Content.of(distantSource)),
            () -> copy(distantSource.toString(), far.port(), fresh("theirs")),
            () -> near.deletePrefix("none")));
    duels.add(
        new Duel(
            "downloadTo of 64 MiB at 20 ms of round-trip time",
            "nfs-cp",
            6,
            () -> distant.downloadTo("distant", work.resolve("ours.bin")),
            () -> copyBack(far.port(), "distant"),
            this::clearLocal));
    duels.add(
        new Duel(
            "list of 10 000 files with size, time and tag",
            "nfs-ls",
            1.0,
            () -> list(near),
            () -> Shell.run(LS.path().toString(), url(memory.port()).formatted("many")),
            () -> near.deletePrefix("none")));
    duels.add(
        new Duel(
            "save of 2 000 files of 4 KiB on a disk by 8 threads",
            "ours, by 1 thread",
            2.0,
            () -> saveMany(slow, small, THREADS),
            () -> saveMany(slow, small, 1),
            () -> slow.deletePrefix("none")));
    String there = fresh("read");
    for (int i = 0; i < SMALL_FILES; i++) {
      near.save(there + "/" + i, Content.of(small));
    }
    duels.add(
        new Duel(
            "download of 2 000 files of 4 KiB by 8 threads",
            "ours, by 1 thread",
            2.0,
            SHORT,
            () -> readMany(near, there, THREADS),
            () -> readMany(near, there, 1),
            () -> near.deletePrefix("none")));
    return duels;
  }

  /** What costs no time beside a peer: processor, memory, and the end of a save over a kill. */
  String facts() throws Exception {
    return costs.table() + NfsRecovery.run(big) + NfsRecovery.memory(json(memory.port()));
  }

  private void copy(String from, int port, String to) throws Exception {
    Shell.run(CP.path().toString(), from, url(port).formatted(to));
  }

  private void copyBack(int port, String name) throws Exception {
    Shell.run(
        CP.path().toString(), url(port).formatted(name), work.resolve("theirs.bin").toString());
  }

  private void clearLocal() throws IOException {
    Files.deleteIfExists(work.resolve("ours.bin"));
    Files.deleteIfExists(work.resolve("theirs.bin"));
  }

  private static void list(Storage storage) throws IOException {
    long count = 0;
    try (Listing listing = storage.list("many")) {
      for (var file : listing) {
        count += file.isDirectory() ? 0 : 1;
      }
    }
    if (count != LISTED_FILES) {
      throw new IOException("listed " + count + " files");
    }
  }

  private void saveMany(Storage storage, byte[] content, int threads) throws Exception {
    String below = fresh("small");
    inParallel(threads, i -> storage.save(below + "/" + i, Content.of(content)));
  }

  private static void readMany(Storage storage, String below, int threads) throws Exception {
    inParallel(
        threads,
        i -> {
          try (Download in = storage.download(below + "/" + i)) {
            in.transferTo(OutputStream.nullOutputStream());
          }
        });
  }

  /** What is done with one of the small files. */
  private interface EachFile {
    void run(int number) throws Exception;
  }

  private static void inParallel(int threads, EachFile each) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Integer>> shares = new ArrayList<>();
      for (int share = 0; share < threads; share++) {
        int first = share;
        shares.add(
            () -> {
              for (int i = first; i < SMALL_FILES; i += threads) {
                each.run(i);
              }
              return first;
            });
      }
      for (Future<Integer> done : pool.invokeAll(shares)) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Path write(Path file, long length) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SeededContent(7, length).writeTo(out);
    }
    return file;
  }

  @Override
  public void close() throws Exception {
    manager.close();
    far.close();
    memory.close();
    disk.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
