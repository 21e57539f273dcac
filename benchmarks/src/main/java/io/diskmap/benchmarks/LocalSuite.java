package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The local driver beside the commands of the system, on one file system. */
final class LocalSuite implements AutoCloseable {
  private static final long BIG = 1L << 30;
  private static final int SMALL_FILES = 10_000;
  private static final int LISTED_FILES = 100_000;

  private final Path work;
  private final Path root;
  private final Path big;
  private final Path tree;
  private final StorageManager manager;
  private final Storage storage;

  LocalSuite(Path directory) throws IOException {
    this.work = Files.createDirectories(directory);
    this.root = Files.createDirectories(work.resolve("root"));
    this.big = work.resolve("big.bin");
    this.tree = Files.createDirectories(work.resolve("tree"));
    this.manager =
        StorageManager.open(
            DiskMap.builder().disk("disk", "local", Map.of("root", root.toString())).build());
    this.storage = manager.disk("disk");
  }

  List<Duel> duels() throws Exception {
    write(big, BIG);
    for (int i = 0; i < SMALL_FILES; i++) {
      Path file = tree.resolve("d%02d/f%05d.dat".formatted(i % 100, i));
      Files.createDirectories(file.getParent());
      write(file, 4096);
    }
    List<Duel> duels = new ArrayList<>();
    duels.add(
        new Duel(
            "save of 1 GiB from a file",
            "cp, then sync of the file",
            0.9,
            3,
            () -> storage.save("big.bin", Content.of(big)),
            () -> copyAndSync(big, root.resolve("peer.bin")),
            () -> {
              Files.deleteIfExists(root.resolve("big.bin"));
              Files.deleteIfExists(root.resolve("peer.bin"));
            }));
    duels.add(
        new Duel(
            "downloadTo of 1 GiB",
            "cp, then sync of the file",
            0.9,
            3,
            () -> storage.downloadTo("source.bin", work.resolve("down.bin")),
            () -> copyAndSync(root.resolve("source.bin"), work.resolve("peer.bin")),
            () -> {
              if (!Files.exists(root.resolve("source.bin"))) {
                write(root.resolve("source.bin"), BIG);
              }
              Files.deleteIfExists(work.resolve("down.bin"));
              Files.deleteIfExists(work.resolve("peer.bin"));
            }));
    duels.add(
        new Duel(
            "save of 10 000 files of 4 KiB, durable",
            "cp -r, then sync of each file",
            1.0,
            () -> storage.saveTree(tree, "tree", SaveOptions.defaults()),
            () ->
                Shell.run(
                    "sh",
                    "-c",
                    "cp -r \"$0\" \"$1\" && find \"$1\" -type f -print0 | xargs -0 sync",
                    tree.toString(),
                    root.resolve("peer").toString()),
            () -> Shell.run("rm", "-rf", root + "/tree", root + "/peer")));
    duels.add(
        new Duel(
            "deletePrefix of 10 000 files",
            "rm -rf",
            1.0,
            () -> storage.deletePrefix("tree"),
            () -> Shell.run("rm", "-rf", root + "/peer"),
            () -> {
              Shell.run("rm", "-rf", root + "/tree", root + "/peer");
              Shell.run("cp", "-r", tree.toString(), root + "/tree");
              Shell.run("cp", "-r", tree.toString(), root + "/peer");
            }));
    Path many = root.resolve("many");
    duels.add(
        new Duel(
            "list of 100 000 files with size, time and tag",
            "find -printf of path, size and time",
            0.5,
            this::listMany,
            () -> Shell.run("find", many.toString(), "-type", "f", "-printf", "%p %s %T@\\n"),
            () -> {
              if (!Files.exists(many)) {
                for (int i = 0; i < LISTED_FILES; i++) {
                  Path file = many.resolve("d%03d/f%06d".formatted(i % 1000, i));
                  Files.createDirectories(file.getParent());
                  Files.createFile(file);
                }
              }
            }));
    return duels;
  }

  private void listMany() throws IOException {
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

  private static void copyAndSync(Path from, Path to) throws Exception {
    Shell.run("sh", "-c", "cp \"$0\" \"$1\" && sync \"$1\"", from.toString(), to.toString());
  }

  private static void write(Path file, long length) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SeededContent(file.getFileName().hashCode(), length).writeTo(out);
    }
  }

  @Override
  public void close() throws Exception {
    manager.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
