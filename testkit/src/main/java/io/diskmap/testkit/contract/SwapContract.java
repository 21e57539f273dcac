package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Disks in which somebody swaps directories for links while they are used.
 *
 * <p>For drivers whose protocol can walk a path without following links.
 */
public interface SwapContract extends StorageContract {
  @Test
  @Clause("P4")
  default void a_directory_swapped_for_a_link_in_mid_call_lets_nothing_out(TestDisk disk)
      throws Exception {
    int rounds = Integer.getInteger("diskmap.contract.swaps", disk.share(10_000));
    Path outside = Files.createDirectories(disk.temp().resolve("outside/sub"));
    Files.writeString(outside.resolve("f"), "secret");
    Files.writeString(outside.getParent().resolve("f"), "secret");
    Path root = disk.directory();
    disk.save("d/sub/f", "inside");
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(1)) {
      Future<Long> swapper =
          race.begin(() -> swap(root.resolve("d"), root, outside.getParent(), done));
      Random random = new Random(9);
      for (int round = 0; round < rounds; round++) {
        use(disk, random.nextInt(5), round % 2 == 0 ? "d/sub/f" : "d/f");
      }
      done.set(true);
      assertThat(swapper.get()).isPositive();
    }
    assertThat(outside.resolve("f")).hasContent("secret");
    assertThat(outside.getParent().resolve("f")).hasContent("secret");
    try (var there = Files.walk(outside.getParent())) {
      assertThat(there).as("the files outside").hasSize(4);
    }
    disk.clear();
  }

  private static void use(TestDisk disk, int kind, String path) throws IOException {
    try {
      switch (kind) {
        case 0 -> disk.save(path, "inside");
        case 1 -> disk.storage().delete(path);
        case 2 -> disk.names("d");
        case 3 -> assertThat(disk.text(path)).isEqualTo("inside");
        default -> disk.storage().metadata(path);
      }
    } catch (StorageException e) {
      assertThat(e.kind())
          .isIn(
              ErrorKind.NOT_FOUND,
              ErrorKind.PERMISSION_DENIED,
              ErrorKind.PATH_CONFLICT,
              ErrorKind.PATH_INVALID,
              ErrorKind.BUSY,
              ErrorKind.UNAVAILABLE,
              ErrorKind.CHANGED_DURING_READ);
    }
  }

  /** Puts the directory and a link to the outside in each other's place until it is done. */
  private static long swap(Path place, Path root, Path outside, AtomicBoolean done)
      throws IOException {
    Path aside = root.resolve(".swapped");
    Path link = root.resolve(".link");
    long swaps = 0;
    while (!done.get()) {
      try {
        Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
        Files.createSymbolicLink(link, outside);
        Files.move(link, place, StandardCopyOption.ATOMIC_MOVE);
        swaps++;
      } catch (IOException e) {
        Files.deleteIfExists(link);
      } finally {
        if (Files.isSymbolicLink(place)) {
          Files.delete(place);
        }
        putBack(aside, place);
      }
    }
    return swaps;
  }

  /** Gives the directory its place again; where a saver has made it anew, the old one goes. */
  private static void putBack(Path aside, Path place) throws IOException {
    while (Files.exists(aside)) {
      try {
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException madeAnew) {
        removeOnce(aside);
      }
    }
  }

  private static void removeOnce(Path aside) throws IOException {
    try {
      TestDisk.removeTreeOnce(aside);
    } catch (FileSystemException filledMeanwhile) {
      assertThat(filledMeanwhile)
          .isInstanceOfAny(DirectoryNotEmptyException.class, NoSuchFileException.class);
    }
  }
}
