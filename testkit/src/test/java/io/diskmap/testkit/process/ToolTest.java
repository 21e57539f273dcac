package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ToolTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final Tool shell = Tool.ofPackage("sh", "dash");

  @Test
  void a_tool_is_found_and_tells_its_version() throws Exception {
    assertThat(Strace.TOOL.find()).isPresent();
    assertThat(Strace.TOOL.version("-V")).startsWith("strace");
    assertThat(Tool.ofPackage("mkfs.ext4", "e2fsprogs").version("-V")).contains("mke2fs");
  }

  @Test
  void a_missing_tool_says_how_to_install_it() {
    Tool missing = Tool.ofPackage("no-such-tool", "some-package");
    assertThat(missing.find()).isEmpty();
    assertThatThrownBy(missing::path)
        .hasMessageContaining("no-such-tool is not installed")
        .hasMessageContaining("apt-get install some-package");
  }

  @Test
  void both_outputs_and_the_exit_code_are_captured() throws Exception {
    ToolRun run =
        shell.run(SOON, Map.of("WORD", "hello"), "-c", "echo $WORD; echo oops >&2; exit 3");
    assertThat(run.out()).isEqualTo("hello\n");
    assertThat(run.err()).isEqualTo("oops\n");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.succeeded()).isFalse();
    assertThatThrownBy(run::orFail)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("oops");
  }

  @Test
  void a_tool_that_takes_too_long_is_killed() {
    assertThatThrownBy(() -> shell.run(Duration.ofSeconds(3), "-c", "echo stuck >&2; sleep 100"))
        .hasMessageContaining("not done within")
        .hasMessageContaining("stuck");
  }

  @Test
  void a_daemon_left_behind_does_not_hold_the_run_up() throws Exception {
    assertThat(shell.run(SOON, "-c", "sleep 5 & echo done").out()).isEqualTo("done\n");
  }
}
