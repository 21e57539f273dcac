package io.diskmap.testkit.invariant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileInputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LeaksTest {
  private static final Duration AT_ONCE = Duration.ofMillis(50);
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void a_thread_that_stays_is_named_with_its_stack() throws Exception {
    ThreadLeaks threads = ThreadLeaks.snapshot();
    CountDownLatch end = new CountDownLatch(1);
    Thread leak = new Thread(() -> waitFor(end), "forgotten-worker");
    leak.setDaemon(true);
    leak.start();
    Eventually.holds("it waits", SOON, () -> leak.getState() == Thread.State.WAITING);
    assertThatThrownBy(() -> threads.assertNone(AT_ONCE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("daemon \"forgotten-worker\"")
        .hasMessageContaining("waitFor");
    threads.ignoring("forgotten-").assertNone(SOON);
    end.countDown();
    threads.assertNone(SOON);
  }

  @Test
  void a_thread_that_ends_in_time_is_no_leak() throws Exception {
    ThreadLeaks threads = ThreadLeaks.snapshot();
    CountDownLatch end = new CountDownLatch(1);
    new Thread(() -> waitFor(end), "slow-worker").start();
    assertThat(threads.leaked()).hasSize(1);
    new Thread(end::countDown, "releaser").start();
    threads.assertNone(SOON);
  }

  @Test
  void an_open_file_is_listed_by_its_path(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("held"), "x");
    DescriptorLeaks descriptors = DescriptorLeaks.snapshot();
    try (OutputStream held = Files.newOutputStream(file)) {
      held.write(1);
      assertThatThrownBy(() -> descriptors.assertNone(AT_ONCE))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(file.toString());
    }
    descriptors.assertNone(SOON);
  }

  @Test
  void a_deleted_file_that_is_held_open_is_listed(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("gone"), "x");
    DescriptorLeaks descriptors = DescriptorLeaks.snapshot();
    try (FileInputStream held = new FileInputStream(file.toFile())) {
      Files.delete(file);
      assertThat(descriptors.leaked())
          .anyMatch(leak -> leak.isFile() && leak.target().endsWith("gone (deleted)"));
      assertThat(held.read()).isEqualTo('x');
    }
    descriptors.assertNone(SOON);
  }

  @Test
  void an_open_socket_is_listed_with_its_ends() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      DescriptorLeaks descriptors = DescriptorLeaks.snapshot();
      int port = server.getLocalPort();
      try (Socket socket = new Socket(server.getInetAddress(), port)) {
        assertThat(descriptors.leaked())
            .singleElement()
            .satisfies(leak -> assertThat(leak.isSocket()).isTrue())
            .satisfies(
                leak ->
                    assertThat(leak.detail())
                        .isEqualTo(
                            "port " + socket.getLocalPort() + " to " + port + " ESTABLISHED"));
      }
      descriptors.assertNone(SOON);
    }
  }

  @Test
  void a_forgotten_selector_is_found() throws Exception {
    DescriptorLeaks descriptors = DescriptorLeaks.snapshot();
    try (Selector selector = Selector.open()) {
      assertThat(selector.isOpen()).isTrue();
      assertThat(descriptors.leaked()).isNotEmpty();
      assertThat(DescriptorLeaks.count()).isPositive();
    }
    descriptors.assertNone(SOON);
  }

  @Test
  void a_wait_ends_when_the_condition_holds_and_tells_what_did_not() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Eventually.holds("three calls", SOON, () -> calls.incrementAndGet() == 3);
    assertThatThrownBy(
            () ->
                Eventually.holds(
                    "the impossible",
                    AT_ONCE,
                    () -> {
                      throw new IllegalStateException("never");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the impossible")
        .hasRootCauseMessage("never");
  }

  private static void waitFor(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
