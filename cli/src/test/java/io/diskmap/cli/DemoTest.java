package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  @TempDir Path directory;

  private static Set<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("diskmap-demo-"))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void the_demonstration_ends_well_and_cleans_up() throws IOException {
    Set<Path> before = leftovers();
    CliRun.Result result =
        CliRun.of(directory.resolve("none.json"))
            .with("PATH", System.getenv("PATH"))
            .bare("demo", "--large", "12");
    assertThat(result.code()).as(result.out() + result.err()).isEqualTo(Exit.OK);
    assertThat(result.out())
        .contains("every byte the same")
        .contains("downloadTo a local file is refused")
        .contains("files opened for writing: 0")
        .contains("file_uploaded_chunked ok")
        .contains("prefix_deleted_via_api ok")
        .contains("All well")
        .doesNotContain("!!");
    Set<Path> after = leftovers();
    after.removeAll(before);
    assertThat(after).isEmpty();
  }

  @Test
  void a_trace_with_a_write_in_it_is_told() throws IOException {
    Path trace =
        Files.writeString(
            directory.resolve("trace"),
            """
            12 openat(AT_FDCWD, "/lib/x.so", O_RDONLY|O_CLOEXEC) = 3
            12 openat(AT_FDCWD, "/proc/self/coredump_filter", O_RDWR) = 3
            13 openat(AT_FDCWD, "/tmp/leak", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4
            13 openat(AT_FDCWD, "/tmp/refused", O_WRONLY|O_CREAT, 0666) = -1 EACCES (Permission denied)
            13 mkdir("/tmp/made", 0777) = 0
            """);
    FileTrace seen = FileTrace.read(trace);
    assertThat(seen.opened()).isEqualTo(3);
    assertThat(seen.written()).containsExactly("/tmp/leak", "mkdir(\"/tmp/made\", 0777) = 0");
  }
}
