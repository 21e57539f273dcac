package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTreeTest {
  @TempDir Path temp;

  private static FileSystemException stale() {
    return new FileSystemException("d", null, "Stale file handle");
  }

  @Test
  void a_stale_root_is_opened_again_and_the_work_begun_again() throws Exception {
    try (SafeTree tree = new SafeTree(temp.toRealPath())) {
      List<Object> seen = new ArrayList<>();
      String result =
          tree.run(
              root -> {
                seen.add(root.self().key());
                if (seen.size() == 1) {
                  throw stale();
                }
                return "done";
              });
      assertThat(result).isEqualTo("done");
      assertThat(seen).hasSize(2);
    }
  }

  @Test
  void what_stays_stale_is_a_failure() throws Exception {
    try (SafeTree tree = new SafeTree(temp.toRealPath())) {
      assertThatThrownBy(
              () ->
                  tree.run(
                      root -> {
                        throw stale();
                      }))
          .isInstanceOf(FileSystemException.class);
      assertThat(LocalErrors.of(stale()).sentence()).contains("stale handle", "mount it again");
    }
  }

  @Test
  void a_root_that_was_replaced_is_used_through_its_old_handle_only_until_it_is_stale()
      throws Exception {
    Path root = Files.createDirectory(temp.resolve("root")).toRealPath();
    try (SafeTree tree = new SafeTree(root)) {
      Files.move(root, temp.resolve("aside"));
      Files.createDirectory(root);
      Files.createFile(root.resolve("new"));
      boolean[] first = {true};
      boolean found =
          tree.run(
              dir -> {
                boolean there = Publisher.statIfThere(dir, Path.of("new")).isPresent();
                if (first[0]) {
                  first[0] = false;
                  assertThat(there).isFalse();
                  throw stale();
                }
                return there;
              });
      assertThat(found).isTrue();
    }
  }

  @Test
  void a_saver_and_a_pruner_that_never_rests_lose_nothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(1);
    AtomicBoolean done = new AtomicBoolean();
    try (Opened opened = Opened.at(temp)) {
      Future<?> pruner = threads.submit(() -> prune(done));
      for (int i = 0; i < 300; i++) {
        opened.put("a/b/c/f" + i, "content " + i);
        assertThat(opened.text("a/b/c/f" + i)).isEqualTo("content " + i);
        opened.driver.delete(
            Opened.path("a/b/c/f" + i), io.diskmap.spi.DeleteRequest.any(Opened.call()));
      }
      done.set(true);
      pruner.get();
    } finally {
      threads.shutdownNow();
    }
  }

  private Void prune(AtomicBoolean done) throws IOException {
    try (SafeTree tree = new SafeTree(temp.toRealPath())) {
      while (!done.get()) {
        tree.run(
            root -> {
              SafeTree.prune(root, Names.paths(List.of("a", "b", "c")), depth -> true);
              return true;
            });
      }
    }
    return null;
  }

  @Test
  void directories_to_keep_stay_and_those_below_go() throws Exception {
    try (Opened opened =
        Opened.at(temp, java.util.Map.of("keep_directories", List.of("inbox", "a/b")))) {
      for (String path : List.of("inbox/x/f", "a/b/c/f", "a/d/f")) {
        opened.put(path, "x");
      }
      opened.driver.deletePrefix(Opened.path("inbox"), false, Opened.call());
      opened.driver.delete(Opened.path("a/b/c/f"), io.diskmap.spi.DeleteRequest.any(Opened.call()));
      opened.driver.delete(Opened.path("a/d/f"), io.diskmap.spi.DeleteRequest.any(Opened.call()));
      assertThat(temp.resolve("inbox")).isEmptyDirectory();
      assertThat(temp.resolve("a/b")).isEmptyDirectory();
      assertThat(temp.resolve("a/d")).doesNotExist();
    }
  }
}
