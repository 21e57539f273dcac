package io.diskmap.cli;

import io.diskmap.CallContext;
import io.diskmap.DeleteReport;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The web process of the demonstration: saves a tree on the services server, lists it, reads it
 * back, compares each byte, and deletes it. It writes no local file.
 */
@Command(hidden = true, description = "The web process of the demonstration.")
final class DemoWeb implements Callable<Integer> {
  private static final String PREFIX = "upload_prechecks";
  private static final int PARALLEL = 8;
  private static final int BLOCK = 256 * 1024;

  private final Diskmap diskmap;

  @Option(names = "--large", defaultValue = "268435456", description = "Bytes of the large file.")
  private long large;

  DemoWeb(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  /** One act of the process. */
  @FunctionalInterface
  private interface Act {
    String run() throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    try (StorageManager storages =
        StorageManager.fromEnvironment(diskmap.terminal().environment())) {
      if (storages.role() != ServerRole.WEB) {
        throw new UsageException("The web process of the demonstration needs SERVER_ROLE=web.");
      }
      CallContext caller = CallContext.ofUser("demo").withCohort("cohort_1");
      Storage workspace = storages.workspace().with(caller);
      List<DemoFile> files = DemoFiles.tree(large);
      long bytes = files.stream().mapToLong(DemoFile::length).sum();
      act("save", bytes, () -> save(workspace, files));
      act("list", 0, () -> list(workspace, files));
      act("compare", bytes, () -> compare(workspace, files));
      act("replace", 0, () -> replace(workspace, files.get(0)));
      act("local", 0, () -> refusedLocalFile(workspace, files.get(0)));
      act("delete", 0, () -> delete(workspace, files));
    }
    return Exit.OK;
  }

  private void act(String name, long bytes, Act act) throws IOException {
    long start = System.nanoTime();
    String text = act.run();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    String rate = bytes == 0 ? "" : Text.rate(bytes, took);
    PrintStream out = diskmap.terminal().out();
    out.println(
        String.format(Locale.ROOT, "%-8s %-46s %9s %12s", name, text, Text.time(took), rate)
            .stripTrailing());
    out.flush();
  }

  private static String path(DemoFile file) {
    return PREFIX + "/" + file.path();
  }

  private static String save(Storage workspace, List<DemoFile> files) throws StorageException {
    try (Parallel tasks = new Parallel(PARALLEL)) {
      for (DemoFile file : files) {
        tasks.submit(() -> workspace.save(path(file), file.content()));
      }
      tasks.await();
    }
    long bytes = files.stream().mapToLong(DemoFile::length).sum();
    return Text.count(files.size(), "file") + ", " + Text.human(bytes);
  }

  private static String list(Storage workspace, List<DemoFile> files) throws IOException {
    List<String> expected =
        files.stream().map(DemoWeb::path).sorted(StoragePath::compareUtf8).toList();
    List<String> found = new ArrayList<>();
    try (Listing listing = workspace.list(PREFIX)) {
      for (FileMetadata file : listing) {
        found.add(file.path().value());
      }
    }
    require(found.equals(expected), "the listing does not show the files that were saved");
    return Text.count(found.size(), "file") + ", sorted";
  }

  private static String compare(Storage workspace, List<DemoFile> files) throws StorageException {
    try (Parallel tasks = new Parallel(PARALLEL)) {
      for (DemoFile file : files) {
        tasks.submit(() -> compare(workspace, file));
      }
      tasks.await();
    }
    return Text.count(files.size(), "file") + " downloaded, every byte the same";
  }

  private static void compare(Storage workspace, DemoFile file) throws StorageException {
    try (Download download = workspace.download(path(file));
        InputStream expected = file.opener().get()) {
      byte[] left = new byte[BLOCK];
      byte[] right = new byte[BLOCK];
      int count;
      do {
        count = download.readNBytes(left, 0, BLOCK);
        int wanted = expected.readNBytes(right, 0, BLOCK);
        require(
            Arrays.equals(left, 0, count, right, 0, wanted),
            "%s came back with other bytes".formatted(file.path()));
      } while (count == BLOCK);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.UNKNOWN, "The generated content failed.", e);
    }
  }

  private static String replace(Storage workspace, DemoFile file) throws IOException {
    String path = path(file);
    try {
      workspace.write(
          path,
          SaveOptions.defaults(),
          out -> {
            out.write(1);
            throw new IOException("the source fails in the middle");
          });
    } catch (StorageException e) {
      require(e.kind() == ErrorKind.SOURCE_FAILED, "a failing source ended in " + e.kind());
      compare(workspace, file);
      return "a source that fails leaves the old file";
    }
    throw mismatch("a save whose source fails was published");
  }

  private static String refusedLocalFile(Storage workspace, DemoFile file) throws IOException {
    Path target = Path.of(System.getProperty("java.io.tmpdir"), "diskmap-demo-never-written");
    try {
      workspace.downloadTo(path(file), target);
    } catch (StorageException e) {
      require(e.kind() == ErrorKind.READ_ONLY, "downloadTo ended in " + e.kind());
      return "downloadTo a local file is refused";
    }
    throw mismatch("role web wrote a local file");
  }

  private static String delete(Storage workspace, List<DemoFile> files) throws IOException {
    DeleteReport report = workspace.deletePrefix(PREFIX);
    require(report.files() == files.size(), "the delete counts another number of files");
    require(workspace.usage(PREFIX).files() == 0, "files are left after the delete");
    return Text.count(report.files(), "file") + ", " + Text.human(report.bytes());
  }

  private static void require(boolean held, String otherwise) throws StorageException {
    if (!held) {
      throw mismatch(otherwise);
    }
  }

  private static StorageException mismatch(String sentence) {
    return StorageException.of(ErrorKind.UNKNOWN, "The demonstration failed: " + sentence + ".");
  }
}
