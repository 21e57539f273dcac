package io.diskmap.benchmarks;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditQuery;
import io.diskmap.CallContext;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.audit.jdbc.AuditVerdict;
import io.diskmap.audit.jdbc.JdbcAuditStore;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.server.PostgresServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What the audit trail costs: the same work with a store and without, in one run. The time with a
 * store ends when every record is in the database.
 */
final class AuditSuite implements AutoCloseable {
  private static final long BIG = 512L << 20;
  private static final int SMALL = 2000;
  private static final int ONE_BY_ONE = 500;
  private static final int THREADS = 8;
  private static final int FILLERS = 64;
  private static final int RECORDS = Integer.getInteger("benchmark.audit.records", 1_000_000);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Path work;
  private final Path root;
  private final Path memory;
  private final CollectTasks collecting;
  private final Path big;
  private final PostgresServer postgres;
  private final StorageManager without;
  private final StorageManager h2;
  private final StorageManager server;
  private final byte[] small = new byte[4096];

  AuditSuite(Path directory) throws Exception {
    work = Files.createDirectories(directory);
    root = Files.createDirectories(work.resolve("root"));
    memory = memory(work);
    big = work.resolve("big.bin");
    if (!Files.exists(big)) {
      new SeededContent(7, BIG).writeTo(big);
    }
    postgres = PostgresServer.start();
    without = manager(Optional.empty());
    h2 = manager(Optional.of(Files.createTempDirectory(work, "store").toString()));
    server = manager(Optional.of(postgres.jdbcUrl()));
    collecting = new CollectTasks(work.resolve("collect"), memory.resolve("collect"));
  }

  /** A place of files in memory, where large transfers do not wait for the disk of the records. */
  private static Path memory(Path work) throws IOException {
    Path shared = Path.of("/dev/shm");
    return Files.isWritable(shared)
        ? Files.createTempDirectory(shared, "diskmap-benchmark")
        : Files.createDirectories(work.resolve("memory"));
  }

  private StorageManager manager(Optional<String> store) {
    DiskMap.Builder map =
        DiskMap.builder()
            .disk("disk", "local", Map.of("root", root.toString()))
            .disk("memory", "local", Map.of("root", memory.toString()));
    store.ifPresent(place -> map.section("audit", Map.of("store", place)));
    return StorageManager.builder().diskMap(map.build()).role(ServerRole.WORKER).build();
  }

  List<Duel> duels() {
    List<Duel> duels = new ArrayList<>();
    for (Map.Entry<String, StorageManager> audited :
        List.of(Map.entry("H2", h2), Map.entry("PostgreSQL", server))) {
      String name = ", records in " + audited.getKey();
      StorageManager with = audited.getValue();
      duels.add(bulk("save of 512 MiB to memory" + name, with, this::saveBig));
      duels.add(bulk("download of 512 MiB from memory" + name, with, this::downloadBig));
      duels.add(small("2 000 saves of 4 KiB by 8 threads" + name, with, this::saveParallel));
      duels.add(small("500 saves of 4 KiB one by one" + name, with, this::saveSequential));
    }
    duels.addAll(collecting.duels());
    return duels;
  }

  /** What is done with a storage. */
  @FunctionalInterface
  private interface Work {
    void run(Storage storage) throws Exception;
  }

  private Duel bulk(String task, StorageManager with, Work work) {
    return duel(task, 0.95, 3, with, "memory", work);
  }

  private Duel small(String task, StorageManager with, Work work) {
    return duel(task, 1 / 1.15, 1, with, "disk", work);
  }

  private Duel duel(
      String task, double target, int times, StorageManager with, String disk, Work work) {
    return new Duel(
        task,
        "the same without records",
        target,
        times,
        () -> {
          work.run(with.disk(disk));
          with.auditTrail().orElseThrow().page(AuditQuery.all().withLimit(1));
        },
        () -> work.run(without.disk(disk)),
        this::clear);
  }

  private void clear() throws Exception {
    without.disk("disk").deletePrefix("small");
    if (!without.disk("memory").exists("source.bin")) {
      without.disk("memory").save("source.bin", Content.of(big));
    }
    Shell.run("sync");
  }

  private void saveBig(Storage storage) throws Exception {
    storage.save("big.bin", Content.of(big));
  }

  private void downloadBig(Storage storage) throws Exception {
    try (var in = storage.download("source.bin")) {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private void saveSequential(Storage storage) throws Exception {
    for (int i = 0; i < ONE_BY_ONE; i++) {
      storage.save("small/f" + i, Content.of(small), SaveOptions.defaults());
    }
  }

  private void saveParallel(Storage storage) throws Exception {
    parallel(
        THREADS,
        SMALL,
        i -> storage.save("small/f" + i, Content.of(small), SaveOptions.defaults()));
  }

  /** What is done with each number. */
  @FunctionalInterface
  private interface Each {
    void run(int number) throws Exception;
  }

  private static void parallel(int width, int count, Each each) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(width);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < width; t++) {
        int first = t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = first; i < count; i += width) {
                    each.run(i);
                  }
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /** How long a store with very many records takes to verify and to answer. */
  String facts() throws Exception {
    StringBuilder facts = new StringBuilder("\n| store with many records | |\n|---|---:|\n");
    facts(facts, "H2", Files.createTempDirectory(work, "many").toString());
    facts(facts, "PostgreSQL", postgres.jdbcUrl());
    return facts.toString();
  }

  private static void facts(StringBuilder facts, String name, String place) throws Exception {
    try (JdbcAuditStore store = JdbcAuditStore.open(place, ServerRole.SERVICES)) {
      double filling = seconds(() -> fill(store));
      line(facts, name + ": " + RECORDS + " operations recorded by 64 threads", filling, "s");
      long[] entries = new long[1];
      double verifying =
          seconds(
              () -> {
                AuditVerdict verdict = store.archive().verify();
                if (!verdict.isIntact()) {
                  throw new IOException("broken: " + verdict.first());
                }
                entries[0] = verdict.entries();
              });
      line(facts, name + ": verification of " + entries[0] + " records", verifying, "s");
      Instant day = START.plusSeconds(86_400L * 50);
      AuditQuery query =
          AuditQuery.all().withUser("user17").withFrom(day).withUntil(day.plusSeconds(86_400));
      List<Double> times = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        times.add(seconds(() -> store.trail().page(query)));
      }
      line(facts, name + ": a user's day, first", times.get(0) * 1000, "ms");
      line(facts, name + ": a user's day, median of 9", Duel.median(times) * 1000, "ms");
      line(
          facts,
          name + ": totals of that day",
          1000 * seconds(() -> store.trail().days(query)),
          "ms");
    }
  }

  private static void fill(JdbcAuditStore store) throws Exception {
    parallel(
        FILLERS,
        RECORDS,
        i -> {
          AuditEvent intent = event(i, UUID.randomUUID().toString(), Outcome.STARTED);
          store.started(intent);
          store.finished(event(i, intent.eventId(), Outcome.OK));
        });
    store.trail().page(AuditQuery.all().withLimit(1));
  }

  private static AuditEvent event(int i, String id, Outcome outcome) {
    Instant at = START.plusSeconds((long) (86_400.0 * 100 * i / RECORDS));
    return new AuditEvent(
        id,
        AuditAction.FILE_UPLOADED_VIA_STREAM,
        CallContext.ofUser("user" + i * 31L % 200).withCohort("cohort_1").withRequestId(id),
        "workspace",
        "upload_prechecks/cohort_1/patient_" + i % 10_000 + "/data.csv",
        OptionalLong.of(4096),
        ServerRole.SERVICES,
        at,
        outcome == Outcome.STARTED ? Optional.empty() : Optional.of(at.plusMillis(20)),
        4096,
        Optional.empty(),
        outcome,
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static double seconds(Duel.Step step) throws Exception {
    long start = System.nanoTime();
    step.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void line(StringBuilder facts, String what, double value, String unit) {
    String text = String.format(Locale.ROOT, "| %s | %.1f %s |%n", what, value, unit);
    System.err.print(text);
    facts.append(text);
  }

  @Override
  public void close() throws IOException {
    without.close();
    h2.close();
    server.close();
    postgres.close();
    collecting.close();
    remove(memory);
    remove(work);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
