package io.diskmap.local;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.TestDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Local disks, each in a fresh directory below one of this machine's file systems. */
final class LocalHarness implements DriverHarness {
  private final Path base;
  private final List<String> options;
  private final String variant;

  /** Disks below a directory, with further options as JSON members. */
  LocalHarness(Path base, String variant, String... options) {
    this.base = base;
    this.variant = variant;
    this.options = List.of(options);
  }

  @Override
  public String driver() {
    return "local";
  }

  @Override
  public String server() {
    try {
      return Files.getFileStore(base).type();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public String version() {
    return System.getProperty("os.version") + ", Java " + Runtime.version().feature();
  }

  @Override
  public DiskPlace newPlace() throws Exception {
    return newPlaceIn(base);
  }

  @Override
  public DiskPlace newPlaceIn(Path directory) throws Exception {
    return new Place(Files.createTempDirectory(directory, "diskmap-local-"));
  }

  private final class Place implements DiskPlace {
    private final Path directory;

    Place(Path directory) throws IOException {
      this.directory = directory;
    }

    @Override
    public String json() {
      StringBuilder json = new StringBuilder("{\"driver\":\"local\",\"root\":\"");
      json.append(directory).append('"');
      options.forEach(option -> json.append(',').append(option));
      return json.append('}').toString();
    }

    @Override
    public List<String> staged(Storage storage) throws IOException {
      return Leftovers.in(directory);
    }

    @Override
    public Optional<Path> directory() {
      return Optional.of(directory);
    }

    @Override
    public void close() throws Exception {
      TestDisk.removeTree(directory);
    }
  }

  /** What unfinished saves have left behind. */
  static final class Leftovers {
    private Leftovers() {}

    static List<String> in(Path root) throws IOException {
      List<String> found = new ArrayList<>();
      walk(root, found);
      Path state = root.resolve(StateDir.NAME);
      for (Path record : list(state.resolve("uploads"))) {
        byte[] bytes = bytes(record);
        int at = UploadRecord.INODE_AT + 256;
        if (Files.exists(record) && (bytes.length < at + 4 || bytes[at + 3] == 0)) {
          found.add("record " + record.getFileName());
        }
      }
      for (Path table : list(state.resolve(SaveTable.DIRECTORY))) {
        byte[] bytes = bytes(table);
        for (int at = 0; at + 4 <= bytes.length; at += SaveTable.SLOT) {
          if (bytes[at + 2] != 0 || bytes[at + 3] != 0) {
            found.add("slot of " + table.getFileName());
          }
        }
      }
      return found;
    }

    private static List<Path> list(Path directory) throws IOException {
      try (Stream<Path> files = Files.list(directory)) {
        return files.toList();
      } catch (NoSuchFileException none) {
        return List.of();
      }
    }

    /** The content of a file, none where it went in the same moment. */
    private static byte[] bytes(Path file) throws IOException {
      try {
        return Files.readAllBytes(file);
      } catch (NoSuchFileException removedMeanwhile) {
        return new byte[0];
      }
    }

    private static void walk(Path root, List<String> found) throws IOException {
      try (Stream<Path> all = Files.walk(root)) {
        all.filter(file -> file.getFileName().toString().startsWith(StagedNames.PREFIX))
            .forEach(file -> found.add(root.relativize(file).toString()));
      } catch (java.io.UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
        found.clear();
        walk(root, found);
      }
    }
  }
}
