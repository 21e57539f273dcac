package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.tree.DirectoryLister;
import io.diskmap.spi.tree.EntrySink;
import io.diskmap.spi.tree.TreeCursor;
import io.diskmap.spi.tree.TreeEntry;
import io.diskmap.testkit.process.ChildJvm;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LargeDirectoryTest {
  private static final int FILES = 1_000_000;

  /** A directory of a million names in a scattered order, which it makes up as it is read. */
  private record Million() implements DirectoryLister {
    @Override
    public void scan(EntrySink sink, Call call) throws io.diskmap.StorageException {
      for (long i = 0; i < FILES; i++) {
        if (!sink.name("a file with a name of some length " + (10_000_000 + i * 611_953 % FILES))) {
          return;
        }
      }
    }

    @Override
    public Optional<TreeEntry> look(String name, Call call) {
      return Optional.of(TreeEntry.file(1, Instant.EPOCH, VersionTag.strong("v")));
    }

    @Override
    public Optional<Million> enter(String name, Call call) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** Lists the directory and checks the order. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      String last = "";
      int count = 0;
      try (TreeCursor cursor =
          new TreeCursor(
              Optional.of(new Million()), StoragePath.root(), ListRequest.all(Opened.call()))) {
        while (cursor.next()) {
          String path = cursor.entry().path().value();
          if (path.compareTo(last) <= 0) {
            throw new AssertionError("out of order at " + count);
          }
          last = path;
          count++;
        }
      }
      System.out.println("listed " + count);
    }
  }

  @Test
  void a_million_files_in_one_directory_list_within_64_mebibytes() throws Exception {
    try (ChildJvm child = ChildJvm.of(Child.class).options("-Xmx64m", "-XX:+UseSerialGC").start()) {
      assertThat(child.awaitLine("listed ", Duration.ofMinutes(4))).isEqualTo("listed " + FILES);
    }
  }
}
