package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.http.RecordedAudit;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One download of a user is one record on the services side, in however many requests it comes. */
final class DownloadRecordsTest {
  private static final int SIZE = 20 * 1024 * 1024 + 3;

  private final RecordedAudit audit = new RecordedAudit();
  private StorageManager behind;
  private StorageServer server;
  private FaultProxy proxy;
  private StorageManager manager;
  private Storage disk;

  @BeforeEach
  void start() throws IOException {
    behind =
        StorageManager.builder()
            .role(ServerRole.SERVICES)
            .diskMap(DiskMap.builder().disk("workspace", "memory", Map.of()).build())
            .audit(audit)
            .build();
    byte[] bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    behind.workspace().save("large", Content.of(bytes));
    server = Servers.start(behind);
    proxy = FaultProxy.to(server.address());
    manager = Servers.client("http://127.0.0.1:" + proxy.port(), Map.of());
    disk = manager.workspace();
  }

  @AfterEach
  void stop() throws IOException {
    manager.close();
    proxy.close();
    server.close();
    behind.close();
  }

  private List<AuditEvent> downloads() {
    return audit.outcomes().stream()
        .filter(event -> event.action() == AuditAction.FILE_DOWNLOADED_VIA_STREAM)
        .toList();
  }

  private AuditEvent onlyDownload() throws Exception {
    Eventually.holds("the download is recorded", () -> !downloads().isEmpty());
    assertThat(downloads()).hasSize(1);
    AuditEvent record = downloads().get(0);
    assertThat(audit.intents())
        .filteredOn(event -> event.action() == AuditAction.FILE_DOWNLOADED_VIA_STREAM)
        .singleElement()
        .satisfies(intent -> assertThat(intent.eventId()).isEqualTo(record.eventId()));
    assertThat(record.context().details()).isEmpty();
    assertThat(record.streamComplete().orElseThrow()).isAfterOrEqualTo(record.streamStart());
    return record;
  }

  @Test
  void a_download_in_ranges_ahead_of_each_other_is_one_record() throws Exception {
    proxy.delay(Duration.ofMillis(10));
    for (int i = 0; i < 3; i++) { // the line is known to be long
      assertThat(disk.exists("large")).isTrue();
    }
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).hasSize(SIZE);
    }
    AuditEvent record = onlyDownload();
    assertThat(record.bytesTransferred()).isEqualTo(SIZE);
    assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.OK);
    assertThat(record.metadata()).containsEntry("requests", "21");
  }

  @Test
  void a_download_that_goes_on_after_a_broken_connection_is_one_record() throws Exception {
    proxy.cutAfter(Direction.TO_CLIENT, 5_000_000, Ending.RESET);
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).hasSize(SIZE);
    }
    AuditEvent record = onlyDownload();
    assertThat(record.bytesTransferred()).isGreaterThanOrEqualTo(SIZE);
    assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.OK);
  }

  @Test
  void a_range_is_complete_with_its_own_bytes() throws Exception {
    DownloadOptions part = DownloadOptions.defaults().withRange(ByteRange.of(100, 5000));
    try (Download in = disk.download("large", part)) {
      assertThat(in.readAllBytes()).hasSize(5000);
    }
    assertThat(onlyDownload().bytesTransferred()).isEqualTo(5000);
  }

  @Test
  void a_download_to_a_file_goes_on_with_one_request_and_one_record(@TempDir Path directory)
      throws Exception {
    Path target = directory.resolve("large");
    proxy.rate(Direction.TO_CLIENT, 4 * 1024 * 1024);
    Thread left =
        new Thread(() -> assertThatThrownBy(() -> disk.downloadTo("large", target)).isNotNull());
    left.start();
    Eventually.holds("a part has come", () -> bytesIn(directory) > 1024 * 1024);
    left.interrupt();
    left.join();
    Eventually.holds("the first is recorded", () -> downloads().size() == 1);
    proxy.heal();

    DownloadReport report = disk.downloadTo("large", target);

    assertThat(report.resumedAt()).isGreaterThan(1024 * 1024);
    assertThat(target).hasSize(SIZE);
    Eventually.holds("the second is recorded", () -> downloads().size() == 2);
    AuditEvent second = downloads().get(1);
    assertThat(second.outcome()).isEqualTo(AuditEvent.Outcome.OK);
    assertThat(second.bytesTransferred()).isEqualTo(SIZE - report.resumedAt());
  }

  private static long bytesIn(Path directory) {
    File[] files = directory.toFile().listFiles();
    return files == null ? 0 : Arrays.stream(files).mapToLong(File::length).sum();
  }

  @Test
  void a_download_that_is_left_early_is_recorded_at_once() throws Exception {
    try (Download in = disk.download("large")) {
      in.readNBytes(1000);
    }
    AuditEvent record = onlyDownload();
    assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.ABORTED);
    assertThat(record.bytesTransferred()).isLessThan(SIZE);
  }

  @Test
  void two_downloads_are_two_records_also_under_one_request_id() throws Exception {
    Storage same = disk.with(CallContext.none().withRequestId("request-1"));
    for (int i = 0; i < 2; i++) {
      try (Download in = same.download("large")) {
        assertThat(in.readAllBytes()).hasSize(SIZE);
      }
      int count = i + 1;
      Eventually.holds("it is recorded", () -> downloads().size() == count);
    }
    assertThat(downloads())
        .allSatisfy(
            record -> {
              assertThat(record.bytesTransferred()).isEqualTo(SIZE);
              assertThat(record.context().requestId()).contains("request-1");
            });
  }

  @Test
  void a_download_of_a_missing_file_is_recorded_at_once() throws Exception {
    assertThatThrownBy(() -> disk.download("missing")).isInstanceOf(StorageException.class);
    assertThat(onlyDownload().outcome()).isEqualTo(AuditEvent.Outcome.FAILED);
  }
}
