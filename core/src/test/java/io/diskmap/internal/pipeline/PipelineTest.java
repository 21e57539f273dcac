package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.Cancellation;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.Progress;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static void assertKind(ErrorKind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void passing_failures_are_repeated_up_to_the_limit() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      disk.driver.failures.set(3);
      disk.storage.save("a", Content.of("text"));
      disk.driver.failures.set(4);
      assertThatThrownBy(() -> disk.storage.metadata("a"))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
                assertThat(e.attempt()).isEqualTo(4);
                assertThat(e.operation()).contains("metadata");
                assertThat(e.disk()).contains("test");
              });
      assertThat(disk.chunks.usedBytes()).isZero();
    }
  }

  @Test
  void an_unknown_outcome_is_never_repeated() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      disk.driver.kind = ErrorKind.OUTCOME_UNKNOWN;
      disk.driver.failures.set(1);
      assertKind(ErrorKind.OUTCOME_UNKNOWN, () -> disk.storage.save("a", Content.of("text")));
      assertThat(disk.driver.exchanges).hasValue(1);
    }
  }

  @Test
  void a_large_replayable_save_starts_again_after_a_passing_failure() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      byte[] content = bytes(3_000_000);
      disk.driver.failures.set(2);
      List<Progress> progress = new ArrayList<>();
      disk.storage.save(
          "a", Content.of(content), SaveOptions.defaults().withProgress(progress::add));
      try (Download in = disk.storage.download("a")) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
      assertThat(progress.get(progress.size() - 1).bytes()).isEqualTo(content.length);
    }
  }

  @Test
  void a_cut_download_goes_on_where_it_was() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      byte[] content = bytes(1_000_000);
      disk.storage.save("a", Content.of(content));
      disk.driver.cutReadersAfter = 300_000;
      try (Download in = disk.storage.download("a", ByteRange.from(10))) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 10, content.length));
      }
      disk.driver.shortBodies = true;
      try (Download in = disk.storage.download("a")) {
        assertThat(in.readAllBytes()).isEqualTo(content);
      }
    }
  }

  @Test
  void a_file_replaced_under_a_cut_download_is_an_error() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      disk.storage.save("a", Content.of(bytes(500_000)));
      disk.driver.cutReadersAfter = 100_000;
      try (Download in = disk.storage.download("a")) {
        in.readNBytes(50_000);
        disk.storage.save("a", Content.of(bytes(500_001)));
        assertKind(ErrorKind.CHANGED_DURING_READ, in::readAllBytes);
        assertKind(ErrorKind.CHANGED_DURING_READ, in::read);
      }
      assertThat(disk.calls.size()).isZero();
    }
  }

  @Test
  void a_cut_listing_goes_on_after_the_last_entry() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String path = "p/%03d".formatted(i);
        disk.storage.save(path, Content.of("x"));
        expected.add(path);
      }
      disk.driver.cutCursorsAfter = 7;
      try (Listing listing = disk.storage.list("p")) {
        assertThat(listing.stream().map(f -> f.path().value())).isEqualTo(expected);
      }
    }
  }

  @Test
  void cancelling_ends_a_save_whose_source_blocks() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      CountDownLatch reading = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      InputStream stuck =
          new InputStream() {
            @Override
            public int read() throws IOException {
              reading.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return -1;
            }
          };
      Cancellation cancellation = Cancellation.create();
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      CompletableFuture<StorageException> outcome = new CompletableFuture<>();
      Thread saver =
          new Thread(
              () -> {
                try {
                  disk.storage.save(
                      "a",
                      Content.of(stuck),
                      SaveOptions.defaults().withCancellation(cancellation));
                } catch (StorageException e) {
                  outcome.complete(e);
                }
                flag.complete(Thread.currentThread().isInterrupted());
              });
      saver.start();
      reading.await();
      cancellation.cancel();
      assertThat(outcome.get(60, TimeUnit.SECONDS).kind()).isEqualTo(ErrorKind.CANCELLED);
      assertThat(flag.get(60, TimeUnit.SECONDS)).isFalse();
      assertThat(disk.storage.exists("a")).isFalse();
      assertThat(disk.chunks.usedBytes()).isZero();
    }
  }

  @Test
  void every_operation_leaves_an_intent_and_an_outcome_in_the_audit_trail() throws Exception {
    List<AuditEvent> events = Collections.synchronizedList(new ArrayList<>());
    AuditSink sink =
        new AuditSink() {
          @Override
          public void started(AuditEvent event) {
            events.add(event);
          }

          @Override
          public void finished(AuditEvent event) {
            events.add(event);
          }
        };
    try (TestDisk disk = new TestDisk(sink, new StorageListener() {}, Duration.ZERO)) {
      disk.storage
          .with(CallContext.ofUser("ada").withCohort("c1"))
          .scoped("cohort_1")
          .save("a.csv", Content.of("1,2"), SaveOptions.defaults().withSha256());
      assertKind(ErrorKind.PATH_INVALID, () -> disk.storage.delete("../x"));
    }
    assertThat(events)
        .extracting(AuditEvent::outcome)
        .containsExactly(
            AuditEvent.Outcome.STARTED,
            AuditEvent.Outcome.OK,
            AuditEvent.Outcome.STARTED,
            AuditEvent.Outcome.DENIED);
    AuditEvent saved = events.get(1);
    assertThat(saved.eventId()).isEqualTo(events.get(0).eventId());
    assertThat(saved.action()).isEqualTo(AuditAction.FILE_UPLOADED_VIA_STREAM);
    assertThat(saved.filePath()).isEqualTo("cohort_1/a.csv");
    assertThat(saved.context().user()).contains("ada");
    assertThat(saved.bytesTransferred()).isEqualTo(3);
    assertThat(saved.sha256()).isPresent();
    assertThat(events.get(3).filePath()).isEqualTo("../x");
  }

  @Test
  void a_broken_audit_trail_refuses_the_operation_before_it_happens() throws Exception {
    AuditSink broken =
        new AuditSink() {
          @Override
          public void started(AuditEvent event) throws IOException {
            throw new IOException("the database is down");
          }

          @Override
          public void finished(AuditEvent event) {
            throw new IllegalStateException("an intent that failed has no outcome");
          }
        };
    try (TestDisk disk = new TestDisk(broken, new StorageListener() {}, Duration.ZERO)) {
      assertKind(ErrorKind.UNAVAILABLE, () -> disk.storage.save("a", Content.of("x")));
      assertThat(disk.driver.exchanges).hasValue(0);
      assertThat(disk.calls.size()).isZero();
    }
  }

  @Test
  void a_listener_hears_each_start_retry_and_end_and_cannot_break_a_call() throws Exception {
    List<String> heard = new ArrayList<>();
    StorageListener listener =
        new StorageListener() {
          @Override
          public void operationStarted(Operation operation) {
            heard.add("start " + operation.name());
            throw new IllegalStateException("a listener that throws");
          }

          @Override
          public void retried(
              Operation operation, int attempt, StorageException failure, Duration pause) {
            heard.add("retry " + attempt);
          }

          @Override
          public void operationEnded(
              Operation operation, Duration took, long bytes, Optional<StorageException> failure) {
            heard.add("end " + bytes);
          }
        };
    try (TestDisk disk = new TestDisk(AuditSink.none(), listener, Duration.ZERO)) {
      disk.driver.failures.set(1);
      FileMetadata saved = disk.storage.save("a.csv", Content.of("1,2"));
      assertThat(saved.contentType()).contains("text/csv");
    }
    assertThat(heard).containsExactly("start save", "retry 1", "end 3");
  }

  @Test
  void remembered_metadata_is_forgotten_by_every_change_through_the_disk() throws Exception {
    try (TestDisk disk =
        new TestDisk(AuditSink.none(), new StorageListener() {}, Duration.ofHours(1))) {
      disk.storage.save("p/a", Content.of("one"));
      assertThat(disk.storage.metadata("p/a").size()).isEqualTo(3);
      int exchanges = disk.driver.exchanges.get();
      assertThat(disk.storage.metadata("p/a").size()).isEqualTo(3);
      assertThat(disk.driver.exchanges).hasValue(exchanges);
      disk.storage.save("p/a", Content.of("three"));
      assertThat(disk.storage.metadata("p/a").size()).isEqualTo(5);
      disk.storage.save("p/a", Content.of(bytes(3_000_000)));
      assertThat(disk.storage.metadata("p/a").size()).isEqualTo(3_000_000);
      disk.storage.deletePrefix("p");
      assertThat(disk.storage.exists("p/a")).isFalse();
      disk.storage.save("p/a", Content.of("x"));
      assertThat(disk.storage.exists("p/a")).isTrue();
    }
  }

  @Test
  void what_a_driver_throws_after_the_end_of_the_call_is_that_end() throws Exception {
    try (TestDisk disk = new TestDisk()) {
      Cancellation cancellation = Cancellation.create();
      disk.driver.during =
          () -> {
            cancellation.cancel();
            throw new IllegalStateException("a handle was closed under the call");
          };
      assertKind(
          ErrorKind.CANCELLED,
          () ->
              disk.storage.save(
                  "a", Content.of("text"), SaveOptions.defaults().withCancellation(cancellation)));
    }
  }
}
