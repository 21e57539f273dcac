package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkspaceTest {
  private final SettableClock clock = new SettableClock();
  private final List<AuditEvent> records = new ArrayList<>();
  private final StorageManager manager =
      StorageManager.builder()
          .diskMap(
              DiskMap.builder()
                  .disk("workspace", "memory", Map.of())
                  .view("uploads", "workspace", "uploads")
                  .section(
                      "cleanup",
                      Map.of(
                          "workspace", Map.of("prefixes", List.of("tmp"), "older_than", "2h"),
                          "uploads", Map.of("prefixes", List.of("pre"), "older_than", "4h")))
                  .build())
          .role(ServerRole.SERVICES)
          .clock(clock)
          .audit(
              new AuditSink() {
                @Override
                public void started(AuditEvent event) {}

                @Override
                public void finished(AuditEvent event) {
                  records.add(event);
                }
              })
          .build();

  @AfterEach
  void close() {
    manager.close();
  }

  private Storage storage() throws StorageException {
    return manager.workspace();
  }

  private void save(String... paths) throws StorageException {
    for (String path : paths) {
      storage().save(path, Content.of("12345"));
    }
  }

  private List<String> names() throws StorageException {
    try (Listing listing = storage().list("")) {
      return listing.stream().map(file -> file.path().value()).toList();
    }
  }

  @Test
  void usage_counts_by_top_directory_and_by_age_on_the_stores_clock() throws IOException {
    save("a/1", "a/b/2", "loose");
    clock.pass(Duration.ofHours(5));
    save("c/3");
    WorkspaceUsage usage = Workspace.of(storage()).usage("");

    assertThat(usage.total()).isEqualTo(new Usage(4, 20));
    assertThat(usage.byDirectory())
        .containsExactly(
            Map.entry("", new Usage(1, 5)),
            Map.entry("a", new Usage(2, 10)),
            Map.entry("c", new Usage(1, 5)));
    assertThat(usage.byAge().get(0).usage()).isEqualTo(new Usage(1, 5));
    assertThat(usage.byAge().get(2))
        .isEqualTo(
            new WorkspaceUsage.AgeBand(
                Duration.ofHours(4), Optional.of(Duration.ofDays(1)), new Usage(3, 15)));
    assertThat(Workspace.of(storage()).usage("a").byDirectory())
        .containsExactly(Map.entry("", new Usage(1, 5)), Map.entry("b", new Usage(1, 5)));
    assertThat(Workspace.of(storage()).usage("nothing").total()).isEqualTo(Usage.NONE);
  }

  @Test
  void a_cleanup_without_an_age_takes_four_hours() throws IOException {
    save("old");
    clock.pass(Duration.ofHours(3));
    save("young");
    clock.pass(Duration.ofHours(2));
    CleanupReport report = Workspace.of(storage()).cleanup("", CleanupOptions.defaults());

    assertThat(report.deleted().files()).isEqualTo(1);
    assertThat(names()).containsExactly("young");
  }

  @Test
  void what_a_pattern_keeps_stays_whatever_its_age() throws IOException {
    save("p/1/keep.txt", "p/1/data.csv", "p/keep.txt", "p/models/a/b.bin", "q/keep.txt");
    clock.pass(Duration.ofDays(1));
    CleanupOptions options =
        CleanupOptions.olderThan(Duration.ZERO).withKeep(List.of("p/**/keep.txt", "p/models/**"));
    CleanupReport report = storage().cleanup("p", options);

    assertThat(report.kept()).isEqualTo(3);
    assertThat(report.deleted().files()).isEqualTo(1);
    assertThat(names())
        .containsExactly("p/1/keep.txt", "p/keep.txt", "p/models/a/b.bin", "q/keep.txt");
  }

  @Test
  void a_run_deletes_at_most_as_many_files_as_it_may() throws IOException {
    save("a/1", "a/2", "a/3", "a/4", "a/5");
    clock.pass(Duration.ofDays(1));
    CleanupOptions two = CleanupOptions.defaults().withMaxDeletions(2);

    CleanupReport dry = storage().cleanup("a", two.withDryRun());
    assertThat(dry.deleted().files()).isEqualTo(2);
    assertThat(dry.left()).isEqualTo(3);
    assertThat(names()).hasSize(5);
    CleanupReport first = storage().cleanup("a", two);
    assertThat(first.deleted().files()).isEqualTo(2);
    assertThat(first.left()).isEqualTo(3);
    assertThat(first.isComplete()).isFalse();
    assertThat(names()).containsExactly("a/3", "a/4", "a/5");
    assertThat(storage().cleanup("a", two).left()).isEqualTo(1);
    assertThat(storage().cleanup("a", two).isComplete()).isTrue();
    assertThat(names()).isEmpty();
  }

  @Test
  void options_that_could_do_harm_are_refused() {
    CleanupOptions options = CleanupOptions.defaults();
    assertThatThrownBy(() -> options.withOlderThan(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options.withMaxDeletions(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> options.withKeep(List.of("ok", "/no")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "*.txt, a.txt, true",
    "*.txt, d/a.txt, false",
    "**/*.txt, a.txt, true",
    "**/*.txt, d/e/a.txt, true",
    "d/**, d/e/a.txt, true",
    "d/**, de/a.txt, false",
    "d/**/z, d/z, true",
    "d/?.bin, d/é.bin, true",
    "d/?.bin, d/ab.bin, false",
    "a+(b)[c]{d}|.x, a+(b)[c]{d}|.x, true",
    "a.b, axb, false",
  })
  void a_pattern_matches_whole_paths(String pattern, String path, boolean matches)
      throws IOException {
    assertThat(
            CleanupOptions.defaults()
                .withKeep(List.of(pattern))
                .keeper()
                .test(StoragePath.of(path)))
        .isEqualTo(matches);
  }

  @Test
  void the_record_of_a_save_says_when_the_file_may_go() throws IOException {
    save("tmp/by-rule", "stays");
    manager.disk("uploads").save("pre/by-rule-of-a-view", Content.of("x"));
    storage()
        .save(
            "tmp/by-its-saver",
            Content.of("x"),
            SaveOptions.defaults().withCleanupAfter(Duration.ofMinutes(5)));
    try (Upload upload =
        storage()
            .beginUpload(
                "chunked", SaveOptions.defaults().withCleanupAfter(Duration.ofMinutes(7)))) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1}));
      upload.commit(1);
    }
    Instant now = clock.instant();

    assertThat(records)
        .extracting(AuditEvent::filePath, event -> event.cleanupScheduledFor().orElse(null))
        .containsExactly(
            tuple("tmp/by-rule", now.plus(Duration.ofHours(2))),
            tuple("stays", null),
            tuple("uploads/pre/by-rule-of-a-view", now.plus(Duration.ofHours(4))),
            tuple("tmp/by-its-saver", now.plus(Duration.ofMinutes(5))),
            tuple("chunked", now.plus(Duration.ofMinutes(7))));
  }
}
