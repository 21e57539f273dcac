package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Records in the log, as the log's back end writes them. */
class Slf4jAuditSinkTest {
  @Test
  void each_operation_is_one_line_of_json_under_the_logger_of_the_audit_trail() throws Exception {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try (StorageManager storages =
        StorageManager.builder()
            .diskMap(DiskMap.builder().disk("workspace", "memory", Map.of()).build())
            .audit(new Slf4jAuditSink())
            .build()) {
      Storage ann = storages.workspace().with(CallContext.ofUser("ann\nINFO forged"));
      ann.save("d/f", Content.of("x"));
      ann.exists("d/missing");
    } finally {
      System.setErr(before);
    }
    List<String> lines =
        written
            .toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains("io.diskmap.audit"))
            .toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .contains("\"action\":\"file_uploaded_via_stream\"", "\"file_path\":\"d/f\"")
        .contains("\"outcome\":\"ok\"", "\"user\":\"ann\\nINFO forged\"");
    assertThat(lines.get(1)).contains("\"action\":\"metadata_read\"");
  }
}
