package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.testkit.invariant.Eventually;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChildJvmTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void lines_go_both_ways() throws Exception {
    try (ChildJvm child = ChildJvm.of(ChildScript.class).arguments("echo").start()) {
      assertThat(child.awaitLine("ready", SOON)).isEqualTo("ready " + child.pid());
      child.send("grüße");
      assertThat(child.awaitLine("heard", SOON)).isEqualTo("heard grüße");
      child.endInput();
      child.awaitSuccess(SOON);
      assertThat(child.output()).startsWith("noise");
      assertThat(child.errors()).contains("a word on the error output");
    }
  }

  @Test
  void a_line_that_never_comes_shows_what_the_child_said() throws Exception {
    try (ChildJvm child = ChildJvm.of(ChildScript.class).arguments("exit", "3").start()) {
      assertThat(child.exitCode(SOON)).isEqualTo(3);
      assertThatThrownBy(() -> child.awaitLine("ready", SOON))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("exit code 3");
    }
    try (ChildJvm child = ChildJvm.of(ChildScript.class).arguments("echo").start()) {
      child.awaitLine("ready", SOON);
      Eventually.holds("the word has come", SOON, () -> !child.errors().isEmpty());
      assertThatThrownBy(() -> child.awaitLine("never", Duration.ofMillis(100)))
          .hasMessageContaining("noise")
          .hasMessageContaining("a word on the error output");
    }
  }

  @Test
  void a_kill_ends_the_child_at_once() throws Exception {
    ChildJvm child = ChildJvm.of(ChildScript.class).arguments("echo").start();
    child.awaitLine("ready", SOON);
    child.kill9();
    assertThat(child.alive()).isFalse();
    assertThat(child.exitCode(SOON)).isEqualTo(137);
    child.close();
  }

  @Test
  void a_kill_reaches_the_jvm_behind_a_prefix() throws Exception {
    ChildJvm child =
        ChildJvm.of(ChildScript.class)
            .prefix(Strace.failing("EIO", List.of("truncate")).prefix())
            .arguments("echo")
            .start();
    String line = child.awaitLine("ready", SOON);
    long pid = Long.parseLong(line.substring("ready ".length()));
    assertThat(child.pid()).isEqualTo(pid);
    child.kill9();
    assertThat(ProcessHandle.of(pid).map(Reaper::runs).orElse(false)).isFalse();
    child.close();
  }

  @Test
  void environment_and_options_reach_the_child() throws Exception {
    try (ChildJvm child =
        ChildJvm.of(ChildScript.class)
            .environment("SPOKEN", "yes")
            .environment("PATH", null)
            .options("-Xmx32m")
            .arguments("environment", "SPOKEN")
            .start()) {
      assertThat(child.awaitLine("value", SOON)).isEqualTo("value=yes");
    }
  }

  @Test
  void a_long_class_path_travels_in_a_file() throws Exception {
    String before = System.getProperty("java.class.path");
    String longer = before + (File.pathSeparator + "/nowhere/with a \"quote\".jar").repeat(10_000);
    System.setProperty("java.class.path", longer);
    try {
      assertThat(ChildClassPath.of(ChildScript.class).isLong()).isFalse();
      String unique = before;
      for (int i = 0; i < 2000; i++) {
        unique += File.pathSeparator + "/nowhere/with a \"quote\" " + i + ".jar";
      }
      System.setProperty("java.class.path", unique);
      assertThat(ChildClassPath.of(ChildScript.class).isLong()).isTrue();
      try (ChildJvm child = ChildJvm.of(ChildScript.class).arguments("echo").start()) {
        child.awaitLine("ready", SOON);
      }
    } finally {
      System.setProperty("java.class.path", before);
    }
  }

  @Test
  void a_shell_setup_limits_the_size_of_files(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("file");
    try (ChildJvm child =
        ChildJvm.of(ChildScript.class)
            .shell("ulimit -f 0")
            .options("-XX:-UsePerfData")
            .arguments("write", file.toString(), "1")
            .start()) {
      assertThat(child.awaitLine("failed", SOON)).contains("File too large");
    }
    assertThat(Files.size(file)).isZero();
  }
}
