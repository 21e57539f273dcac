package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ways to reach what is below a root, by what they share. */
class DirTest {
  private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);

  @TempDir Path temp;
  private Path root;

  /** A way to open a root. */
  private interface Opener {
    Dir open(Path root) throws Exception;
  }

  /** What is to hold for each. */
  private interface Check {
    void on(Dir dir) throws Exception;
  }

  private static final List<Opener> WAYS = List.of(SecureDir::root, RootDir::open);

  @BeforeEach
  void makeRoot() throws Exception {
    root = Files.createDirectory(temp.resolve("root")).toRealPath();
  }

  private void eachWay(Check check) throws Exception {
    for (Opener way : WAYS) {
      try (Dir dir = way.open(root)) {
        check.on(dir);
      }
    }
  }

  @Test
  void the_jar_uses_the_calls_of_the_system_from_java_22_on() throws Exception {
    boolean jar = RootDir.class.getResource("RootDir.class").toString().startsWith("jar:");
    boolean expected = jar && Runtime.version().feature() >= 22;
    try (Dir dir = RootDir.open(root)) {
      assertThat(dir.getClass().getSimpleName()).isEqualTo(expected ? "NativeDir" : "SecureDir");
    }
  }

  @Test
  void an_interrupt_keeps_no_name_from_being_made_durable() throws Exception {
    eachWay(
        dir -> {
          Thread.currentThread().interrupt();
          dir.sync();
          assertThat(Thread.interrupted()).isTrue();
        });
  }

  @Test
  void an_interrupt_in_the_middle_of_a_sync_does_not_end_it() throws Exception {
    eachWay(
        dir -> {
          Thread syncing = Thread.currentThread();
          AtomicBoolean done = new AtomicBoolean();
          AtomicInteger disturbances = new AtomicInteger();
          Thread disturber =
              new Thread(
                  () -> {
                    while (!done.get()) {
                      if (disturbances.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        syncing.interrupt();
                      }
                      LockSupport.parkNanos(20_000);
                    }
                  });
          disturber.start();
          try {
            for (int i = 0; i < 300; i++) {
              disturbances.set(5);
              dir.sync();
            }
          } finally {
            done.set(true);
            while (disturber.isAlive()) {
              Thread.interrupted();
              LockSupport.parkNanos(1_000_000);
            }
            Thread.interrupted();
          }
        });
  }

  @Test
  void both_ways_see_the_same_of_a_file() throws Exception {
    Path file = Files.writeString(root.resolve("f"), "12345");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r---w-"));
    List<Object> seen = new ArrayList<>();
    eachWay(
        dir -> {
          Dir.Change change = dir.change(Path.of("f"));
          Attrs attrs = change.attrs();
          assertThat(change.sure()).isTrue();
          assertThat(dir.stat(Path.of("f"))).isEqualTo(attrs);
          seen.add(
              List.of(
                  attrs.kind(),
                  attrs.size(),
                  attrs.inode(),
                  attrs.modified(),
                  attrs.mode(),
                  change.changed(),
                  dir.self().inode(),
                  dir.self().kind()));
        });
    assertThat(seen.get(1)).isEqualTo(seen.get(0));
  }

  @Test
  void names_that_are_no_text_are_reached_by_their_bytes() throws Exception {
    Path strange = Path.of(URI.create("file:///%ff%fe-x")).getFileName();
    for (Opener way : WAYS) {
      Files.writeString(root.resolve(strange), "x");
      Files.writeString(root.resolve("Ärzte"), "x");
      try (Dir dir = way.open(root)) {
        List<Path> found = names(dir);
        assertThat(found).containsExactlyInAnyOrder(strange, Path.of("Ärzte"));
        for (Path name : found) {
          assertThat(dir.stat(name).isFile()).isTrue();
          dir.deleteFile(name);
        }
        assertThat(names(dir)).isEmpty();
      }
    }
  }

  private static List<Path> names(Dir dir) throws Exception {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> names = dir.names()) {
      names.forEach(name -> found.add(name.getFileName()));
    }
    return found;
  }

  @Test
  void a_file_is_made_linked_renamed_and_removed_in_open_directories() throws Exception {
    eachWay(
        dir -> {
          dir.makeDirectory(Path.of("d"), PosixFilePermissions.fromString("rwx------"));
          try (Dir below = dir.open(Path.of("d"))) {
            try (FileChannel file =
                dir.createFile(Path.of("f"), PosixFilePermissions.fromString("rw-------"))) {
              file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
            dir.link(Path.of("f"), below, Path.of("second"));
            assertThat(below.stat(Path.of("second")).key()).isEqualTo(dir.stat(Path.of("f")).key());
            assertThatThrownBy(() -> dir.link(Path.of("f"), below, Path.of("second")))
                .isInstanceOf(FileAlreadyExistsException.class);
            dir.rename(Path.of("f"), below, Path.of("third"));
            assertThatThrownBy(() -> dir.deleteDirectory(Path.of("d")))
                .isInstanceOf(DirectoryNotEmptyException.class);
            dir.sync();
            try (FileChannel file = below.openFile(Path.of("third"), READ)) {
              assertThat(file.size()).isEqualTo(3);
            }
            below.setMode(Path.of("third"), PosixFilePermissions.fromString("r--------"));
            assertThat(below.stat(Path.of("third")).mode())
                .isEqualTo(PosixFilePermissions.fromString("r--------"));
            below.deleteFile(Path.of("second"));
            below.deleteFile(Path.of("third"));
          }
          dir.deleteDirectory(Path.of("d"));
          assertThat(names(dir)).isEmpty();
        });
  }

  @Test
  void errors_are_the_same_both_ways() throws Exception {
    Files.createFile(root.resolve("f"));
    Files.createDirectories(root.resolve("d/e"));
    eachWay(
        dir -> {
          Path none = Path.of("none");
          assertThatThrownBy(() -> dir.stat(none)).isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(() -> dir.open(none)).isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(() -> dir.deleteFile(none)).isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(() -> dir.openFile(none, READ))
              .isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(() -> dir.open(Path.of("f")))
              .isInstanceOf(NotDirectoryException.class);
          assertThatThrownBy(() -> dir.makeDirectory(Path.of("f"), Set.of()))
              .isInstanceOf(FileAlreadyExistsException.class);
          assertThatThrownBy(() -> dir.createFile(Path.of("f"), Set.of()))
              .isInstanceOf(FileAlreadyExistsException.class);
          assertThatThrownBy(() -> dir.walk(List.of(Path.of("d"), Path.of("f"), Path.of("g"))))
              .isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(() -> dir.walk(List.of(Path.of("f"), Path.of("g"))))
              .isInstanceOf(NotDirectoryException.class);
          assertThatThrownBy(() -> dir.rename(Path.of("f"), dir, Path.of("d")))
              .isInstanceOfSatisfying(
                  FileSystemException.class,
                  e -> assertThat(LocalErrors.of(e).kind()).isEqualTo(ErrorKind.PATH_CONFLICT));
        });
  }

  @Test
  @Timeout(30)
  void links_pipes_and_links_on_the_way_are_refused() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.writeString(outside.resolve("f"), "secret");
    Files.createSymbolicLink(root.resolve("file"), outside.resolve("f"));
    Files.createSymbolicLink(root.resolve("dir"), outside);
    assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor())
        .isZero();
    eachWay(
        dir -> {
          assertThatThrownBy(() -> dir.open(Path.of("dir")))
              .isInstanceOf(LinkRefusedException.class);
          assertThatThrownBy(() -> dir.walk(List.of(Path.of("dir"), Path.of("f"))))
              .isInstanceOf(LinkRefusedException.class);
          assertThatThrownBy(() -> dir.openFile(Path.of("file"), READ))
              .isInstanceOfSatisfying(
                  IOException.class,
                  e -> assertThat(LocalErrors.of(e).kind()).isEqualTo(ErrorKind.PERMISSION_DENIED));
          assertThat(dir.stat(Path.of("file")).isLink()).isTrue();
          assertThat(dir.readLink(Path.of("file"))).isEqualTo(outside.resolve("f"));
          assertThatThrownBy(() -> dir.open(Path.of("pipe")))
              .isInstanceOf(NotDirectoryException.class);
          assertThatThrownBy(() -> dir.setMode(Path.of("file"), Set.of()))
              .isInstanceOf(IOException.class);
        });
    assertThat(outside.resolve("f")).hasContent("secret");
  }

  @Test
  void a_handle_outlives_the_path_that_led_to_it_and_ends_when_it_is_closed() throws Exception {
    eachWay(
        dir -> {
          Files.createDirectory(root.resolve("d"));
          Dir below = dir.open(Path.of("d"));
          Files.move(root.resolve("d"), root.resolve("moved"));
          Files.createFile(root.resolve("moved/f"));
          assertThat(names(below)).containsExactly(Path.of("f"));
          assertThat(names(below.borrowed())).containsExactly(Path.of("f"));
          below.borrowed().close();
          assertThat(below.stat(Path.of("f")).isFile()).isTrue();
          below.close();
          below.close();
          assertThatThrownBy(() -> below.stat(Path.of("f")))
              .isInstanceOf(ClosedDirectoryStreamException.class);
          Files.delete(root.resolve("moved/f"));
          Files.delete(root.resolve("moved"));
        });
  }
}
