package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the shell blocks of each page in one shell, from the first to the last, as a reader would.
 *
 * <p>{@code diskmap} is the command of this build, port 8001 is a free one, and what is left
 * running is ended with the page. Blocks that need more than this machine say so in their mark.
 */
class ShellBlocksTest {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> shell_of_the_pages_runs() {
    return Pages.all().stream()
        .filter(page -> blocks(page).stream().anyMatch(b -> b.is("sh", "run")))
        .map(page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> run(page)));
  }

  @TestFactory
  Stream<DynamicTest> every_shell_block_is_run_or_says_why_not() {
    return Pages.blocks().stream()
        .filter(b -> List.of("sh", "bash", "shell", "console").contains(b.language()))
        .map(
            b ->
                DynamicTest.dynamicTest(
                    b.toString(),
                    () -> {
                      assertThat(b.language()).isEqualTo("sh");
                      assertThat(b.mark()).matches("run|not run: .+");
                    }));
  }

  private static List<Block> blocks(Path page) {
    return Pages.blocks().stream().filter(b -> b.page().equals(page)).toList();
  }

  private void run(Path page) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(directory, "page");
    Fixture.prepare(home);
    command(home.resolve("scripts").resolve("diskmap"));
    command(home.resolve("bin").resolve("diskmap"));
    String script =
        blocks(page).stream()
            .filter(b -> b.is("sh", "run"))
            .map(Block::text)
            .collect(Collectors.joining("\n"));
    String whole =
        "set -eu\ntrap '[ -z \"${!:-}\" ] || { kill $!; wait $! || :; }' EXIT\n"
            + script.replace("8001", Integer.toString(freePort()))
            + "\n";
    Path file = Files.writeString(home.resolve("page.sh"), whole);
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-x", file.toString()).directory(home.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder
        .environment()
        .merge("PATH", home.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
    Fixture.run(builder, home);
  }

  private static void command(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp '%s' io.diskmap.cli.Diskmap "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
