package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CleanupScheduleTest {
  private final SettableClock clock = new SettableClock();
  private final BlockingQueue<CleanupRun> runs = new LinkedBlockingQueue<>();
  private final AtomicInteger failures = new AtomicInteger();

  /** Fails the intent of clean-ups as often as the counter says. */
  private final AuditSink failing =
      new AuditSink() {
        @Override
        public void started(AuditEvent event) throws IOException {
          if (event.action() == AuditAction.WORKSPACE_CLEANUP
              && failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IOException("the audit store is down");
          }
        }

        @Override
        public void finished(AuditEvent event) {}
      };

  private StorageManager manager(Map<String, ?> rule) {
    return StorageManager.builder()
        .diskMap(
            DiskMap.builder()
                .disk("workspace", "memory", Map.of())
                .section("cleanup", Map.of("workspace", rule))
                .build())
        .role(ServerRole.SERVICES)
        .audit(failing)
        .clock(clock)
        .build();
  }

  private CleanupRun next() throws InterruptedException {
    CleanupRun run = runs.poll(20, TimeUnit.SECONDS);
    assertThat(run).as("a run within 20 s").isNotNull();
    return run;
  }

  @Test
  void a_turn_is_repeated_until_a_run_finds_nothing_left() throws Exception {
    failures.set(2);
    try (StorageManager storages =
        manager(Map.of("prefixes", List.of("tmp"), "older_than", "1h", "every", "1h"))) {
      storages.workspace().save("tmp/old", Content.of("x"));
      storages.workspace().save("else/old", Content.of("x"));
      clock.pass(Duration.ofHours(2));
      storages.workspace().save("tmp/young", Content.of("x"));
      try (CleanupSchedule schedule = CleanupSchedule.start(storages, runs::add)) {
        assertThat(next().failure()).isPresent();
        assertThat(next().failure()).isPresent();
        CleanupRun third = next();
        assertThat(third.attempt()).isEqualTo(3);
        assertThat(third.report().orElseThrow().deleted().files()).isEqualTo(1);
        assertThat(third.verified()).isFalse();
        CleanupRun last = next();
        assertThat(last.verified()).isTrue();
        assertThat(last.report().orElseThrow().deleted().files()).isZero();
        assertThat(runs.poll(1500, TimeUnit.MILLISECONDS)).as("the turn is over").isNull();
      }
      assertThat(storages.workspace().exists("tmp/young")).isTrue();
      assertThat(storages.workspace().exists("else/old")).isTrue();
      assertThat(storages.workspace().exists("tmp/old")).isFalse();
    }
  }

  @Test
  void a_run_at_its_limit_goes_on_at_the_next_turn() throws Exception {
    try (StorageManager storages =
        manager(
            Map.of(
                "prefixes",
                List.of("tmp"),
                "every",
                "1s",
                "max_deletions",
                1,
                "keep",
                List.of("**/k")))) {
      for (String path : List.of("tmp/1", "tmp/2", "tmp/k")) {
        storages.workspace().save(path, Content.of("x"));
      }
      clock.pass(Duration.ofHours(5));
      try (CleanupSchedule schedule = CleanupSchedule.start(storages, runs::add)) {
        assertThat(next().report().orElseThrow().left()).isEqualTo(1);
        assertThat(next().report().orElseThrow().left()).isZero();
        assertThat(next().verified()).isTrue();
      }
      assertThat(storages.workspace().exists("tmp/k")).isTrue();
    }
  }

  @Test
  void servers_with_a_lease_take_turns() throws Exception {
    try (StorageManager storages =
        manager(Map.of("prefixes", List.of("tmp"), "every", "1h", "lease", "leases/cleanup"))) {
      Storage disk = storages.workspace();
      CleanupLease other = new CleanupLease(disk, "leases/cleanup", Duration.ofHours(1));
      assertThat(other.take()).isTrue();
      assertThat(other.take()).as("its holder goes on").isTrue();
      try (CleanupSchedule schedule = CleanupSchedule.start(storages, runs::add)) {
        assertThat(next().report()).as("another server has the turn").isEmpty();
      }
      clock.pass(Duration.ofMinutes(61));
      try (CleanupSchedule schedule = CleanupSchedule.start(storages, runs::add)) {
        assertThat(next().report()).as("a lease that is over").isPresent();
      }
      assertThat(disk.exists("leases/cleanup")).as("given back").isFalse();
      other.release();
      assertThat(other.take()).isTrue();
      other.release();
      assertThat(disk.exists("leases/cleanup")).isFalse();
    }
  }

  @Test
  void a_lease_that_two_take_over_at_once_goes_to_one() throws Exception {
    try (StorageManager storages = manager(Map.of("prefixes", List.of("tmp")))) {
      Storage disk = storages.workspace();
      for (int round = 0; round < 50; round++) {
        assertThat(new CleanupLease(disk, "lease", Duration.ofMinutes(1)).take()).isTrue();
        clock.pass(Duration.ofMinutes(2));
        AtomicInteger winners = new AtomicInteger();
        List<Thread> takers =
            List.of(taker(disk, winners), taker(disk, winners), taker(disk, winners));
        for (Thread taker : takers) {
          taker.join();
        }
        assertThat(winners).hasValue(1);
        disk.delete("lease");
      }
    }
  }

  private static Thread taker(Storage disk, AtomicInteger winners) {
    Thread thread =
        new Thread(
            () -> {
              try {
                if (new CleanupLease(disk, "lease", Duration.ofMinutes(1)).take()) {
                  winners.incrementAndGet();
                }
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }
}
