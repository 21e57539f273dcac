package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.StoragePath;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.UploadId;
import io.diskmap.testkit.process.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaveTableTest {
  private static final String STAGED = "00112233445566778899aabbccddeeff";
  private static final String CAPTURED = "ffeeddccbbaa99887766554433221100";

  @TempDir Path temp;

  /** Notes a staged and a captured file and waits to be killed. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      try (Opened opened = Opened.at(Path.of(arguments[0]))) {
        SaveTable saves = opened.driver.disk().saves;
        saves.begin(SaveTable.Kind.STAGED, STAGED, StoragePath.of("d/staged"));
        saves.begin(SaveTable.Kind.CAPTURED, CAPTURED, StoragePath.of("d/captured"));
        saves.begin(SaveTable.Kind.STAGED, "0".repeat(32), StoragePath.of("d/never made"));
        System.out.println("noted");
        System.in.read();
      }
    }
  }

  private void leaveBehind() throws Exception {
    try (ChildJvm child = ChildJvm.of(Child.class).arguments(temp.toString()).start()) {
      child.awaitLine("noted", Duration.ofSeconds(60));
      child.kill9();
    }
    Files.createDirectory(temp.resolve("d"));
    Files.writeString(temp.resolve("d").resolve(StagedNames.of(STAGED)), "half a fi");
    Files.writeString(temp.resolve("d").resolve(StagedNames.of(CAPTURED)), "a whole file");
  }

  @Test
  void what_a_killed_process_has_staged_is_removed_and_what_it_captured_is_put_back()
      throws Exception {
    leaveBehind();
    try (Opened opened = Opened.at(temp)) {
      List<PendingUpload> pending = opened.driver.uploads(Duration.ZERO, Opened.call());
      assertThat(pending)
          .extracting(p -> p.id().value())
          .containsExactlyInAnyOrder(STAGED, CAPTURED);
      for (PendingUpload each : pending) {
        opened.driver.abortWrite(each.id(), Opened.call());
      }
      assertThat(opened.names()).containsExactly("d/captured");
      assertThat(opened.text("d/captured")).isEqualTo("a whole file");
      assertThat(LocalHarness.Leftovers.in(temp)).isEmpty();
    }
  }

  @Test
  void a_captured_file_does_not_replace_a_newer_one() throws Exception {
    leaveBehind();
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/captured", "newer");
      opened.driver.abortWrite(new UploadId(CAPTURED), Opened.call());
      opened.driver.abortWrite(new UploadId(STAGED), Opened.call());
      assertThat(opened.text("d/captured")).isEqualTo("newer");
      assertThat(opened.names()).containsExactly("d/captured");
    }
  }

  @Test
  void a_closed_disk_leaves_no_table() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x");
    }
    try (var tables = Files.list(temp.resolve(".diskmap/saves"))) {
      assertThat(tables).isEmpty();
    }
  }
}
