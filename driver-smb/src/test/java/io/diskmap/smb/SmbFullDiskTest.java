package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.FullDisk;
import io.diskmap.testkit.server.NeedsSamba;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose file system is full. */
@NeedsSamba
@Timeout(60)
class SmbFullDiskTest {
  @Test
  void a_full_disk_is_said_so_and_leaves_the_old_file_and_nothing_else() throws Exception {
    try (FullDisk full = FullDisk.tmpfs(12);
        SmbDisks disks = new SmbDisks(full.path())) {
      Storage storage = disks.open();
      storage.save("f", Content.of("old"));
      for (long length : new long[] {20L << 20, 13L << 20}) {
        SeededContent tooMuch = new SeededContent(1, length);
        StorageException e =
            catchThrowableOfType(
                StorageException.class, () -> storage.save("f", Content.of(tooMuch.stream())));
        assertThat(e.kind()).isEqualTo(ErrorKind.NO_SPACE);
        assertThat(e).hasMessageContaining("make room");
      }
      try (Download in = storage.download("f")) {
        assertThat(in.readAllBytes()).asString().isEqualTo("old");
      }
      Eventually.holds("no staged file is left", () -> hidden(disks.server.files()).isEmpty());
      storage.save("g", Content.of(new SeededContent(2, 4L << 20).stream()));
    }
  }

  private static List<Path> hidden(Path directory) throws Exception {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().startsWith(".diskmap-")).toList();
    }
  }
}
