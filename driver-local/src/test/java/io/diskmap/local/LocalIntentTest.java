package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The intent of a save is waited for when the file is staged, and before it has its name. */
class LocalIntentTest {
  @TempDir Path root;

  private final List<String> seen = new ArrayList<>();
  private final AtomicBoolean refusing = new AtomicBoolean();

  private final AuditSink sink =
      new AuditSink() {
        @Override
        public void started(AuditEvent event) {}

        @Override
        public Receipt begin(AuditEvent event) {
          return () -> {
            boolean named = Files.exists(root.resolve(event.filePath()));
            seen.add(event.filePath() + (named ? " has its name" : " has no name yet"));
            if (refusing.get()) {
              throw new IOException("the store is down");
            }
          };
        }

        @Override
        public void finished(AuditEvent event) {}
      };

  @Test
  void nothing_has_its_name_before_the_intent_is_recorded() throws Exception {
    DiskMap map =
        DiskMap.builder().disk("workspace", "local", Map.of("root", root.toString())).build();
    try (StorageManager storages = StorageManager.builder().diskMap(map).audit(sink).build()) {
      Storage workspace = storages.workspace();
      for (int size : new int[] {10, 20 << 20}) {
        workspace.save("kept" + size, Content.of(new byte[size]), SaveOptions.defaults());
        assertThat(root.resolve("kept" + size)).hasSize(size);
        refusing.set(true);
        assertThatThrownBy(
                () ->
                    workspace.save(
                        "refused" + size, Content.of(new byte[size]), SaveOptions.defaults()))
            .isInstanceOfSatisfying(
                StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        refusing.set(false);
        try (var files = Files.list(root)) {
          assertThat(files.map(file -> file.getFileName().toString()))
              .noneMatch(name -> name.startsWith("refused") || name.startsWith(".diskmap-"));
        }
      }
    }
    assertThat(seen).hasSize(4).allMatch(line -> line.endsWith("has no name yet"));
  }
}
