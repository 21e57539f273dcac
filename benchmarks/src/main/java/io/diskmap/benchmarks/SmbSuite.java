package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.DownloadOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.server.SambaServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The SMB driver beside smbclient and rclone on one Samba server over memory. The start and log-in
 * of the peers are taken off their times. For one thread.
 */
final class SmbSuite implements AutoCloseable {
  private static final long BIG = 256L << 20;
  private static final long DISTANT = 64L << 20;
  private static final int LISTED_FILES = 10_000;
  private static final int SMALL_FILES = 2_000;

  private final Path work;
  private final Path big;
  private final Path distant;
  private final Path tree;
  private final SambaServer server;
  private final FaultProxy at20;
  private final String map;
  private final StorageManager manager;
  private final SmbPeers near;
  private final SmbPeers far;
  private final SmbLibrary smbj;
  private final SmbLibrary jcifs;

  SmbSuite() throws Exception {
    this.work = Files.createTempDirectory(Path.of("/dev/shm"), "diskmap-bench-");
    this.big = write(work.resolve("big.bin"), BIG);
    this.distant = write(work.resolve("distant.bin"), DISTANT);
    this.tree = Files.createDirectories(work.resolve("tree"));
    for (int i = 0; i < SMALL_FILES; i++) {
      write(tree.resolve("f%05d".formatted(i)), 4096);
    }
    this.server = SambaServer.start(work);
    this.at20 = FaultProxy.to("127.0.0.1", server.port());
    at20.delay(Duration.ofMillis(10));
    String map =
        "{\"disks\":{\"signed\":%s,\"encrypted\":%s,\"at20\":%s}}"
            .formatted(
                json(server.port(), "off"),
                json(server.port(), "required"),
                json(at20.port(), "off"));
    this.map = map;
    this.manager = StorageManager.open(DiskMap.parse(map));
    this.near = new SmbPeers(server.port());
    this.far = new SmbPeers(at20.port());
    this.smbj = SmbLibrary.smbj(server.port());
    this.jcifs = SmbLibrary.jcifs(server.port());
  }

  private static String json(int port, String encryption) {
    return """
    {"driver":"smb","host":"127.0.0.1","port":%d,"share":"%s","username":"%s","password":"%s",\
    "encryption":"%s"}\
    """
        .formatted(port, SambaServer.SHARE, SambaServer.user(), SambaServer.PASSWORD, encryption);
  }

  List<Duel> duels() throws Exception {
    Path root = server.files();
    Files.createDirectories(root.resolve("sink"));
    Files.copy(big, root.resolve("source.bin"));
    Files.copy(distant, root.resolve("distant.bin"));
    Path many = Files.createDirectories(root.resolve("many"));
    for (int i = 0; i < LISTED_FILES; i++) {
      Files.createFile(many.resolve("f%06d".formatted(i)));
    }
    Shell.run("cp", "-r", tree.toString(), root.resolve("small").toString());
    List<Duel> duels = new ArrayList<>();
    addBulk(duels);
    addLibrary(duels, "smbj with its streams", 5, new SmbLibrarySteps(smbj));
    addLibrary(duels, "jcifs-ng, made to sign", 1, new SmbLibrarySteps(jcifs));
    addFirst(duels);
    addSmall(duels);
    addDistant(duels);
    return duels;
  }

  /** Clause S4, encrypted. */
  String facts() throws Exception {
    return NfsRecovery.memory(json(server.port(), "required"));
  }

  private void clear() throws Exception {
    Shell.run(
        "sh",
        "-c",
        "rm -rf \"$0\"/ours.bin \"$0\"/theirs.bin \"$0\"/down \"$0\"/peer \"$1\"/sink/*",
        work.toString(),
        server.files().toString());
  }

  private String local(String name) {
    return work.resolve(name).toString();
  }

  private Duel.Step get(String disk, String path) {
    return () -> manager.disk(disk).downloadTo(path, work.resolve("ours.bin"));
  }

  private Duel.Step put(String disk, Path file) {
    return () -> manager.disk(disk).save("sink/ours.bin", Content.of(file));
  }

  private void addBulk(List<Duel> duels) {
    String get = "get source.bin " + local("theirs.bin");
    String put = "put " + big + " sink\\theirs.bin";
    String down = "downloadTo of 256 MiB, ";
    String up = "save of 256 MiB, ";
    Duel.Step ours = get("signed", "source.bin");
    add(duels, down + "signed", "smbclient, CMAC", 0.8, ours, near.signed(get));
    add(duels, down + "signed", "smbclient, GMAC", 0.5, ours, near.signedByDefault(get));
    add(
        duels,
        down + "signed",
        "rclone",
        2,
        ours,
        near.rclone("copyto", "{}/source.bin", local("theirs.bin")));
    Duel.Step encrypted = get("encrypted", "source.bin");
    add(duels, down + "encrypted", "smbclient, GCM", 0.59, encrypted, near.encrypted(get));
    Duel.Step mine = put("signed", big);
    add(duels, up + "signed", "smbclient, CMAC", 0.8, mine, near.signed(put));
    add(duels, up + "signed", "smbclient, GMAC", 0.5, mine, near.signedByDefault(put));
    add(
        duels,
        up + "signed",
        "rclone",
        2,
        mine,
        near.rclone("copyto", big.toString(), "{}/sink/theirs.bin"));
    Duel.Step sealed = put("encrypted", big);
    add(duels, up + "encrypted", "smbclient, GCM", 0.59, sealed, near.encrypted(put));
  }

  /**
   * Another Java library in this process, logged in already; the target is of bulk. With small
   * files none is compared like for like: the libraries neither flush nor rename.
   */
  private void addLibrary(List<Duel> duels, String name, double target, SmbLibrarySteps peer)
      throws StorageException {
    Storage disk = manager.disk("signed");
    add(
        duels,
        "downloadTo of 64 MiB, signed",
        name,
        target,
        get("signed", "distant.bin"),
        peer.get("distant.bin", work.resolve("theirs.bin")));
    add(
        duels,
        "save of 64 MiB, signed",
        name,
        target,
        put("signed", distant),
        peer.put(distant, "sink/theirs.bin"));
    add(
        duels,
        "download of 2 000 files of 4 KiB",
        name,
        0,
        () -> disk.downloadTree("small", work.resolve("down"), DownloadOptions.defaults()),
        peer.getAll(tree, "small", work.resolve("peer")));
    add(
        duels,
        "save of 2 000 files of 4 KiB",
        name,
        0,
        () -> disk.saveTree(tree, "sink/ours", SaveOptions.defaults()),
        peer.putAll(tree, "sink/t"));
  }

  /** What a worker sees that lives for one file, beside one that has moved nine before. */
  private void addFirst(List<Duel> duels) {
    for (String disk : List.of("encrypted", "signed")) {
      add(
          duels,
          "the first downloadTo of 256 MiB of a process, " + disk,
          "its tenth",
          0.5,
          rounds(disk, "get", "source.bin", work.resolve("ours.bin"), 1),
          rounds(disk, "get", "source.bin", work.resolve("ours.bin"), 10));
      add(
          duels,
          "the first save of 256 MiB of a process, " + disk,
          "its tenth",
          0.5,
          rounds(disk, "put", "sink/ours.bin", big, 1),
          rounds(disk, "put", "sink/ours.bin", big, 10));
    }
  }

  /** The time of the last of some transfers in a fresh process. */
  private Duel.Step rounds(String disk, String direction, String path, Path file, int rounds) {
    return new Duel.Step() {
      @Override
      public void run() throws Exception {
        seconds();
      }

      @Override
      public double seconds() throws Exception {
        try (ChildJvm child =
            ChildJvm.of(FirstTransferMain.class)
                .arguments(map, disk, direction, path, file.toString(), Integer.toString(rounds))
                .start()) {
          child.awaitSuccess(Duration.ofMinutes(5));
          return child.output().stream()
              .filter(line -> line.startsWith("seconds "))
              .mapToDouble(line -> Double.parseDouble(line.substring(8)))
              .reduce((before, last) -> last)
              .orElseThrow();
        }
      }
    };
  }

  private void add(
      List<Duel> duels, String task, String peer, double target, Duel.Step ours, Duel.Step theirs) {
    duels.add(new Duel(task, peer, target, ours, theirs, this::clear));
  }

  private void addSmall(List<Duel> duels) throws Exception {
    Storage disk = manager.disk("signed");
    Duel.Step put = () -> disk.saveTree(tree, "sink/ours", SaveOptions.defaults());
    Duel.Step get =
        () -> disk.downloadTree("small", work.resolve("down"), DownloadOptions.defaults());
    String up = "save of 2 000 files of 4 KiB";
    String mput = "prompt off; mkdir sink\\t; cd sink\\t; lcd " + tree + "; mput *";
    add(duels, up, "smbclient", 0.87, put, near.signed(mput));
    add(
        duels,
        up,
        "rclone",
        2,
        put,
        near.rclone("copy", "--transfers", "8", tree.toString(), "{}/sink/t"));
    String down = "download of 2 000 files of 4 KiB";
    String mget = "prompt off; cd small; lcd " + work.resolve("peer") + "; mget *";
    duels.add(
        new Duel(
            down,
            "smbclient",
            0.87,
            get,
            near.signed(mget),
            () -> {
              clear();
              Files.createDirectories(work.resolve("peer"));
            }));
    add(
        duels,
        down,
        "rclone",
        2,
        get,
        near.rclone("copy", "--transfers", "8", "{}/small", local("peer")));
    Duel.Step list = () -> list(disk, "many", LISTED_FILES);
    String listing = "list of 10 000 files with size, time and tag";
    duels.add(new Duel(listing, "smbclient", 1, list, near.signed("ls many\\*"), () -> {}));
    duels.add(new Duel(listing, "rclone", 1, list, near.rclone("lsl", "{}/many"), () -> {}));
    Duel.Step delete = () -> disk.deletePrefix("sink/a");
    String gone = "deletePrefix of 2 000 files";
    duels.add(
        new Duel(
            gone,
            "smbclient deltree",
            0.67,
            delete,
            near.signed("deltree sink\\b"),
            this::twoTrees));
    duels.add(
        new Duel(
            gone, "rclone purge", 2, delete, near.rclone("purge", "{}/sink/b"), this::twoTrees));
  }

  private void twoTrees() throws Exception {
    clear();
    for (String copy : List.of("sink/a", "sink/b")) {
      Shell.run("cp", "-r", tree.toString(), server.files().resolve(copy).toString());
    }
  }

  private void addDistant(List<Duel> duels) {
    String get = "get distant.bin " + local("theirs.bin");
    String put = "put " + distant + " sink\\theirs.bin";
    Duel.Step down = get("at20", "distant.bin");
    Duel.Step up = put("at20", distant);
    add(duels, "downloadTo of 64 MiB at 20 ms", "smbclient", 0.8, down, far.signed(get));
    add(duels, "save of 64 MiB at 20 ms", "smbclient", 0.8, up, far.signed(put));
    add(
        duels,
        "downloadTo of 64 MiB at 20 ms",
        "rclone",
        2,
        down,
        far.rclone("copyto", "{}/distant.bin", local("theirs.bin")));
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

  private static Path write(Path file, long length) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SeededContent(file.getFileName().hashCode(), length).writeTo(out);
    }
    return file;
  }

  @Override
  public void close() throws Exception {
    manager.close();
    smbj.close();
    jcifs.close();
    at20.close();
    server.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
