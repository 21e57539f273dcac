package io.diskmap.testkit.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What unfinished saves of a driver over {@code io.diskmap.spi.staged} have left in the served
 * directory, seen from behind the server. Stateless; for any thread.
 */
public final class StagedLeftovers {
  private static final int OUTCOME_AT = 18 * 1024;

  private StagedLeftovers() {}

  /** The names of staged files and of unfinished records below a directory. */
  public static List<String> in(Path root) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(file -> file.getFileName().toString().startsWith(".diskmap-"))
          .forEach(file -> found.add(root.relativize(file).toString()));
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (UncheckedIOException changing) {
      return List.of("something that vanished during the look: " + changing.getMessage());
    }
    for (Path record : list(root.resolve(".diskmap/uploads"))) {
      if (isUnfinished(record)) {
        found.add("record " + record.getFileName());
      }
    }
    return found;
  }

  private static boolean isUnfinished(Path record) throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(record);
      return bytes.length < OUTCOME_AT + 4 || bytes[OUTCOME_AT + 3] == 0;
    } catch (NoSuchFileException removedMeanwhile) {
      return false;
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }
}
