package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.RecordedAudit;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.DescriptorLeaks;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader far from the server, whose ranges are asked for ahead of each other. */
final class FarReaderTest {
  private static final SeededContent OLD = new SeededContent(1, 20L * 1024 * 1024 + 3);
  private static final SeededContent NEW = new SeededContent(2, 20L * 1024 * 1024 + 3);

  @TempDir Path root;
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
            .diskMap(
                DiskMap.builder()
                    .disk("workspace", "local", Map.of("root", root.toString()))
                    .build())
            .audit(audit)
            .build();
    behind.workspace().save("f", Content.of(OLD.stream()));
    server = Servers.start(behind);
    proxy = FaultProxy.to(server.address());
    proxy.delay(Duration.ofMillis(10));
    manager = Servers.client("http://127.0.0.1:" + proxy.port(), Map.of());
    disk = manager.workspace();
    for (int i = 0; i < 3; i++) { // the line is known to be long
      disk.exists("f");
    }
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

  @Test
  void it_keeps_the_old_content_through_a_save() throws Exception {
    try (Download in = disk.download("f")) {
      byte[] start = in.readNBytes(1000);
      behind.workspace().save("f", Content.of(NEW.stream()));
      byte[] rest = in.readAllBytes();
      assertThat(start).isEqualTo(OLD.stream().readNBytes(1000));
      assertThat(rest).isEqualTo(bytesAfter(1000));
    }
    Eventually.holds("the download is recorded", () -> !downloads().isEmpty());
    assertThat(downloads())
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.OK);
              assertThat(record.bytesTransferred()).isEqualTo(OLD.length());
            });
    try (Download in = disk.download("f")) {
      NEW.assertEquals(in);
    }
  }

  @Test
  void it_keeps_the_old_content_through_a_delete() throws Exception {
    try (Download in = disk.download("f")) {
      in.readNBytes(1000);
      behind.workspace().delete("f");
      assertThat(in.readAllBytes()).isEqualTo(bytesAfter(1000));
    }
  }

  @Test
  void many_of_them_at_once_each_keep_their_own_content() throws Exception {
    try (Download first = disk.download("f")) {
      first.readNBytes(1000);
      behind.workspace().save("f", Content.of(NEW.stream()));
      try (Download second = disk.download("f")) {
        NEW.assertEquals(second);
      }
      assertThat(first.readAllBytes()).isEqualTo(bytesAfter(1000));
    }
  }

  @Test
  void one_that_leaves_early_leaves_no_open_file_and_a_record_at_once() throws Exception {
    DescriptorLeaks before = DescriptorLeaks.snapshot();
    try (Download in = disk.download("f")) {
      in.readNBytes(1000);
    }
    Eventually.holds("the server has let go of the download", () -> behind.activeCalls() == 0);
    Eventually.holds("the download is recorded", () -> !downloads().isEmpty());
    assertThat(downloads())
        .singleElement()
        .satisfies(record -> assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.ABORTED));
    assertThat(before.leaked())
        .noneMatch(descriptor -> descriptor.toString().contains(root.toString()));
  }

  private static byte[] bytesAfter(long offset) throws IOException {
    try (var in = OLD.stream()) {
      in.skipNBytes(offset);
      return in.readAllBytes();
    }
  }
}
