package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsSamba;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server that learns late of the end of a process: it has the process's files open still, or
 * requests of it to carry out, while another process goes on with the upload (S8, M2).
 */
@NeedsSamba
@Timeout(120)
class LateServerTest {
  private static final SaveOptions OPTIONS =
      SaveOptions.defaults().withAttributes(Map.of("seed", "17"));

  @Test
  void a_file_that_a_killed_process_had_open_keeps_its_attributes_when_the_server_closes_it()
      throws Exception {
    try (SmbDisks disks = new SmbDisks();
        FaultProxy line = FaultProxy.to("127.0.0.1", disks.server.port())) {
      Storage killed = disks.open("\"port\":" + line.port());
      Instant start = killed.save("start", Content.of("x")).modified();
      Upload begun = killed.beginUpload("f", OPTIONS);
      SeededContent content = new SeededContent(17, begun.chunkSize() + 100L);
      begun.write(0, ByteBuffer.wrap(content.range(0, begun.chunkSize())));
      begun.received();
      line.stall();
      Storage next = disks.open();
      FileMetadata saved;
      try (Upload upload = next.resumeUpload(begun.id())) {
        upload.write(upload.chunkSize(), ByteBuffer.wrap(content.range(upload.chunkSize(), 100)));
        saved = upload.commit(content.length());
      }
      long before = disks.server.connections();
      line.refuse();
      line.resetAll();
      Eventually.holds("the server has noticed", () -> disks.server.connections() < before);
      FileMetadata now = next.metadata("f");
      assertThat(now.attributes()).containsEntry("seed", "17");
      assertThat(now.versionTag().value()).isEqualTo(saved.versionTag().value());
      assertThat(now.modified()).isAfter(start);
      line.heal();
    }
  }
}
