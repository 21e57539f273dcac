package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.DownloadOptions;
import io.diskmap.Durability;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The SFTP driver beside {@code sftp} of OpenSSH and rclone on one OpenSSH server over memory; the
 * start and log-in of the peers are taken off their times. Only {@code sftp} with {@code -f} does
 * as much for a file as Diskmap, and still without the rename.
 */
final class SftpSuite implements AutoCloseable {
  private static final long BIG = 1L << 30;
  private static final long DISTANT = 64L << 20;
  private static final int LISTED_FILES = 10_000;
  private static final int SMALL_FILES = 2_000;

  /** How often each task is done before anything counts: until its code is compiled. */
  private static final int WARM_UPS = 6;

  /** The same for small files, of whose time the compiler would take a third. */
  private static final int SMALL_WARM_UPS = 30;

  private static final SaveOptions NOT_DURABLE =
      SaveOptions.defaults().withDurability(Durability.NONE);

  private final Path work;
  private final Path root;
  private final Path big;
  private final Path distant;
  private final Path tree;
  private final OpenSshServer server;
  private final FaultProxy at20;
  private final FaultProxy at100;
  private final StorageManager manager;
  private final SftpPeers near;

  SftpSuite() throws Exception {
    this.work = Files.createTempDirectory(Path.of("/dev/shm"), "diskmap-bench-");
    this.root = Files.createDirectories(work.resolve("root"));
    Files.createDirectories(root.resolve("nothing"));
    Files.createDirectories(root.resolve("sink"));
    this.big = write(work.resolve("big.bin"), BIG);
    this.distant = write(work.resolve("distant.bin"), DISTANT);
    this.tree = Files.createDirectories(work.resolve("tree"));
    for (int i = 0; i < SMALL_FILES; i++) {
      write(tree.resolve("f%05d".formatted(i)), 4096);
    }
    this.server = OpenSshServer.launch();
    this.at20 = FaultProxy.to("127.0.0.1", server.port());
    at20.delay(Duration.ofMillis(10));
    this.at100 = FaultProxy.to("127.0.0.1", server.port());
    at100.delay(Duration.ofMillis(50));
    this.manager =
        StorageManager.open(
            DiskMap.parse(
                "{\"disks\":{\"near\":%s,\"at20\":%s,\"at100\":%s}}"
                    .formatted(json(server.port()), json(at20.port()), json(at100.port()))));
    this.near = peers(server.port());
  }

  private SftpPeers peers(int port) throws IOException {
    return new SftpPeers(server, port, work, root.resolve("nothing"));
  }

  private String json(int port) throws IOException {
    Path known = work.resolve("known-" + port);
    String keys = Files.readString(server.knownHosts());
    Files.writeString(known, keys.replace(":" + server.port(), ":" + port));
    return json(server, port, known, root.toString());
  }

  /** A disk of the server's user at a port that leads to the server. */
  static String json(OpenSshServer server, int port, Path knownHosts, String root) {
    return """
        {"driver":"sshfs","host":"127.0.0.1","port":%d,"username":"%s","identity_file":"%s",\
        "known_hosts":"%s","root":"%s"}"""
        .formatted(port, server.user(), server.identity(), knownHosts, root);
  }

  List<Duel> duels() throws Exception {
    Files.createLink(root.resolve("source.bin"), big);
    Files.createLink(root.resolve("distant.bin"), distant);
    Path many = Files.createDirectories(root.resolve("many"));
    for (int i = 0; i < LISTED_FILES; i++) {
      Files.createFile(many.resolve("f%06d".formatted(i)));
    }
    Shell.run("cp", "-r", tree.toString(), root.resolve("small").toString());
    for (String disk : List.of("near", "at20", "at100")) {
      manager.disk(disk).exists("nothing");
    }
    for (int i = 0; i < WARM_UPS; i++) {
      warmUp(manager.disk("near"));
    }
    for (int i = 0; i < SMALL_WARM_UPS; i++) {
      warmUpSmall(manager.disk("near"));
    }
    List<Duel> duels = new ArrayList<>();
    addBulk(duels);
    addSmall(duels);
    addDistant(duels, "20 ms", "at20", peers(at20.port()), 1.3, 1.0, 1.0);
    addDistant(duels, "100 ms", "at100", peers(at100.port()), 2.5, 2.0, 2.0);
    return duels;
  }

  private void warmUpSmall(Storage disk) throws Exception {
    disk.saveTree(tree, "sink/warm", SaveOptions.defaults());
    disk.downloadTree("small", work.resolve("down"), DownloadOptions.defaults());
    disk.deletePrefix("sink/warm");
    clear();
  }

  private void warmUp(Storage disk) throws Exception {
    warmUpSmall(disk);
    list(disk, "many", LISTED_FILES);
    disk.downloadTo("distant.bin", work.resolve("ours.bin"));
    disk.save("sink/ours.bin", Content.of(distant));
    clear();
  }

  private String sink(String name) {
    return root.resolve("sink").resolve(name).toString();
  }

  private String local(String name) {
    return work.resolve(name).toString();
  }

  private void clear() throws Exception {
    Shell.run("rm", "-rf", local("ours.bin"), local("theirs.bin"), local("down"), local("peer"));
    Shell.run("sh", "-c", "rm -rf \"$0\"/*", root.resolve("sink").toString());
  }

  private void addBulk(List<Duel> duels) throws Exception {
    Storage disk = manager.disk("near");
    Duel.Step get = () -> disk.downloadTo("source.bin", work.resolve("ours.bin"));
    Duel.Step put = () -> disk.save("sink/ours.bin", Content.of(big));
    String from = root.resolve("source.bin").toString();
    String down = "downloadTo of 1 GiB";
    duels.add(
        new Duel(
            down,
            "sftp get",
            0.9,
            get,
            near.sftp("get " + from + " " + local("theirs.bin")),
            this::clear));
    duels.add(
        new Duel(
            down,
            "rclone",
            1.0,
            get,
            near.rclone("copyto", "{}" + from, local("theirs.bin")),
            this::clear));
    String up = "save of 1 GiB";
    duels.add(
        new Duel(
            up, "sftp put", 0.9, put, near.sftp("put " + big + " " + sink("t.bin")), this::clear));
    duels.add(
        new Duel(
            up,
            "rclone",
            1.0,
            put,
            near.rclone("copyto", big.toString(), "{}" + sink("t.bin")),
            this::clear));
  }

  private void addSmall(List<Duel> duels) throws Exception {
    Storage disk = manager.disk("near");
    String small = root.resolve("small").toString();
    Duel.Step put = () -> disk.saveTree(tree, "sink/ours", SaveOptions.defaults());
    Duel.Step putLight = () -> disk.saveTree(tree, "sink/ours", NOT_DURABLE);
    Duel.Step get =
        () -> disk.downloadTree("small", work.resolve("down"), DownloadOptions.defaults());
    String up = "save of 2 000 files of 4 KiB";
    duels.add(
        new Duel(
            up, "sftp put -r", 3, put, near.sftp("put -r " + tree + " " + sink("t")), this::clear));
    duels.add(
        new Duel(
            up + " with durability none",
            "sftp put -r",
            3,
            putLight,
            near.sftp("put -r " + tree + " " + sink("t")),
            this::clear));
    duels.add(
        new Duel(
            up,
            "sftp put -rf, with fsync",
            3,
            put,
            near.sftp("put -rf " + tree + " " + sink("t")),
            this::clear));
    duels.add(
        new Duel(
            up,
            "rclone",
            3,
            put,
            near.rclone("copy", "--transfers", "16", tree.toString(), "{}" + sink("t")),
            this::clear));
    String down = "download of 2 000 files of 4 KiB";
    duels.add(
        new Duel(
            down,
            "sftp get -r",
            3,
            get,
            near.sftp("get -r " + small + " " + local("peer")),
            this::clear));
    duels.add(
        new Duel(
            down,
            "sftp get -rf, with fsync",
            3,
            get,
            near.sftp("get -rf " + small + " " + local("peer")),
            this::clear));
    duels.add(
        new Duel(
            down,
            "rclone",
            3,
            get,
            near.rclone("copy", "--transfers", "16", "{}" + small, local("peer")),
            this::clear));
    duels.add(
        new Duel(
            "list of 10 000 files with size, time and tag",
            "sftp ls -l",
            2,
            () -> list(disk, "many", LISTED_FILES),
            near.sftp("ls -l " + root.resolve("many")),
            () -> {}));
    duels.add(
        new Duel(
            "deletePrefix of 2 000 files",
            "sftp rm and rmdir",
            3,
            () -> disk.deletePrefix("sink/a"),
            near.sftp("rm " + sink("b/*"), "rmdir " + sink("b")),
            this::twoTrees));
    duels.add(
        new Duel(
            "deletePrefix of 2 000 files",
            "rclone purge",
            3,
            () -> disk.deletePrefix("sink/a"),
            near.rclone("purge", "{}" + sink("b")),
            this::twoTrees));
  }

  private void twoTrees() throws Exception {
    clear();
    Shell.run("cp", "-r", tree.toString(), sink("a"));
    Shell.run("cp", "-r", tree.toString(), sink("b"));
  }

  private void addDistant(
      List<Duel> duels, String far, String name, SftpPeers peers, double... wanted)
      throws Exception {
    Storage disk = manager.disk(name);
    String from = root.resolve("distant.bin").toString();
    Duel.Step get = () -> disk.downloadTo("distant.bin", work.resolve("ours.bin"));
    Duel.Step put = () -> disk.save("sink/ours.bin", Content.of(distant));
    String down = "downloadTo of 64 MiB at " + far;
    duels.add(
        new Duel(
            down,
            "sftp get",
            wanted[0],
            get,
            peers.sftp("get " + from + " " + local("theirs.bin")),
            this::clear));
    duels.add(
        new Duel(
            down,
            "rclone",
            wanted[1],
            get,
            peers.rclone("copyto", "{}" + from, local("theirs.bin")),
            this::clear));
    duels.add(
        new Duel(
            "save of 64 MiB at " + far,
            "sftp put",
            wanted[2],
            put,
            peers.sftp("put " + distant + " " + sink("t.bin")),
            this::clear));
  }

  private static void list(Storage disk, String prefix, int expected) throws IOException {
    long count = 0;
    try (Listing listing = disk.list(prefix)) {
      for (var file : listing) {
        count += file.isDirectory() ? 0 : 1;
      }
    }
    if (count != expected) {
      throw new IOException("listed " + count + " files");
    }
  }

  /** Times of single calls, and the processor time of this process a GiB. */
  String facts() throws Exception {
    Storage disk = manager.disk("near");
    Path thousand = Files.createDirectories(root.resolve("thousand"));
    for (int i = 0; i < 1000; i++) {
      Files.createFile(thousand.resolve("f" + i));
    }
    write(root.resolve("one"), 1_000_000);
    double listing = median(() -> list(disk, "thousand", 1000));
    double reading = median(() -> read(disk));
    return String.format(
        Locale.ROOT,
        "%nDiskmap saves with the durability `content`, the default: into a hidden file, fsync on the"
            + " server, a look at it, a rename; a download is written beside its target, forced to"
            + " the disk and renamed. It moves 16 files at once over the channels of one connection."
            + " `sftp` works on one file at a time, and it and rclone (16 at once, without"
            + " checksums) write under the final name; only `sftp -f` waits for fsync. So the like of"
            + " `put -r` is the save with the durability `none`, and of `put -rf` the default; both"
            + " are wanted against `put -r` too.%n%n"
            + "1 000 entries listed in %.1f ms (wanted: 100), 1 MB read in %.1f ms (wanted: 50)."
            + " Processor time of the client: %.2f s a GiB downloaded, %.2f s a GiB saved"
            + " (wanted: 3.5).%n",
        listing * 1e3,
        reading * 1e3,
        cpuSeconds(() -> disk.downloadTo("source.bin", work.resolve("ours.bin"))),
        cpuSeconds(() -> disk.save("sink/ours.bin", Content.of(big))));
  }

  private static void read(Storage disk) throws IOException {
    try (var in = disk.download("one")) {
      if (in.readAllBytes().length != 1_000_000) {
        throw new IOException("a short file");
      }
    }
  }

  private static double median(Duel.Step step) throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      double took = step.seconds();
      if (i >= 10) {
        seconds.add(took);
      }
    }
    return Duel.median(seconds);
  }

  private double cpuSeconds(Duel.Step step) throws Exception {
    clear();
    Duration before = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    step.run();
    Duration after = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    return after.minus(before).toNanos() / 1e9;
  }

  private static Path write(Path file, long length) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SeededContent(file.getFileName().hashCode(), length).writeTo(out);
    }
    return file;
  }

  @Override
  public void close() throws Exception {
    manager.close();
    at20.close();
    at100.close();
    server.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
