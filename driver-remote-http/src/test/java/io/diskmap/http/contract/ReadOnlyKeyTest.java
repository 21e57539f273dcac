package io.diskmap.http.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Listing;
import io.diskmap.RetryAdvice;
import io.diskmap.SaveOptions;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.http.JettyHost;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.data.SeededContent;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A services server whose key is read-only: every change is refused, every read works. */
final class ReadOnlyKeyTest {
  private static final SeededContent LARGE = new SeededContent(1, 12L * 1024 * 1024 + 3);

  @TempDir Path root;
  @TempDir Path local;

  /** What is tried, over a live server. */
  private interface Attempt {
    void on(Storage writable, Storage readOnly) throws Exception;
  }

  private void over(Door door, Attempt attempt) throws Exception {
    Map<String, ServerSection.Key> keys =
        Map.of(
            "reader",
            new ServerSection.Key(
                Secret.of(Servers.KEY), Optional.empty(), List.of(), List.of(""), true, true));
    DiskMap disks =
        DiskMap.builder().disk("workspace", "local", Map.of("root", root.toString())).build();
    try (StorageManager behind =
            StorageManager.builder().role(ServerRole.SERVICES).diskMap(disks).build();
        StorageServer server = StorageServer.of(behind, Servers.section(keys))) {
      Storage writable = behind.workspace();
      writable.save("d/small", Content.of("content"));
      writable.save("d/large", Content.of(LARGE.stream()));
      if (door == Door.SERVLET) {
        try (JettyHost host = new JettyHost(server.servlet(), 0)) {
          attempt(host.url(), writable, attempt);
        }
      } else {
        server.start();
        attempt(Servers.url(server), writable, attempt);
      }
    }
  }

  private static void attempt(String url, Storage writable, Attempt attempt) throws Exception {
    try (StorageManager manager = Servers.client(url, Map.of())) {
      attempt.on(writable, manager.workspace());
    }
  }

  private Map<String, String> files() throws Exception {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (!name.startsWith(".diskmap/")) {
          found.put(name, Files.getLastModifiedTime(file) + " " + Files.size(file));
        }
      }
    }
    return found;
  }

  @ParameterizedTest
  @EnumSource(
      value = Door.class,
      names = {"ENGINE", "SERVLET"})
  void every_change_is_refused_and_nothing_changes(Door door) throws Exception {
    over(
        door,
        (writable, disk) -> {
          String upload;
          try (Upload begun = writable.beginUpload("d/begun", SaveOptions.defaults())) {
            begun.write(0, ByteBuffer.wrap(new byte[] {1}));
            upload = begun.id();
            begun.detach();
          }
          Path file = Files.writeString(local.resolve("f"), "new");
          Map<String, ThrowingCallable> changes = new LinkedHashMap<>();
          changes.put("save", () -> disk.save("d/small", Content.of("new")));
          changes.put("save of a new file", () -> disk.save("n/new", Content.of("new")));
          changes.put("save from a file", () -> disk.save("d/small", Content.of(file)));
          changes.put("save in chunks", () -> disk.save("d/large", Content.of(LARGE.stream())));
          changes.put(
              "save if absent",
              () -> disk.save("n/new", Content.of("new"), SaveOptions.ifAbsent()));
          changes.put("write", () -> disk.write("n/new", SaveOptions.defaults(), o -> o.write(1)));
          changes.put("upload", () -> disk.beginUpload("n/new", SaveOptions.defaults()));
          changes.put("resume", () -> disk.resumeUpload(upload).commit(1));
          changes.put("delete", () -> disk.delete("d/small"));
          changes.put("delete of nothing", () -> disk.delete("missing"));
          changes.put("delete prefix", () -> disk.deletePrefix("d"));
          changes.put("delete all", () -> disk.deleteAll(DeleteOptions.defaults()));
          changes.put("copy", () -> disk.copy("d/small", "n/new", SaveOptions.defaults()));
          changes.put("move", () -> disk.move("d/small", "n/new", SaveOptions.defaults()));
          Map<String, String> before = files();
          changes.forEach(
              (name, change) ->
                  Assertions.assertThatThrownBy(change)
                      .as(name)
                      .isInstanceOfSatisfying(
                          StorageException.class,
                          e -> {
                            assertThat(e.kind())
                                .as(name)
                                .isIn(ErrorKind.READ_ONLY, ErrorKind.PERMISSION_DENIED);
                            assertThat(e.retryAdvice()).isNotEqualTo(RetryAdvice.LATER);
                            assertThat(e.sentence()).as(name).containsIgnoringCase("key");
                          }));
          DeleteReport swept = disk.cleanup("", Duration.ZERO, false).deleted();
          assertThat(swept.files()).as("files that a clean-up deleted").isZero();
          assertThat(swept.failures())
              .isNotEmpty()
              .allSatisfy(
                  failure -> assertThat(failure.error().kind()).isEqualTo(ErrorKind.READ_ONLY));
          assertThat(files()).isEqualTo(before);
          assertThat(writable.metadata("d/small").size()).isEqualTo(7);
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Door.class,
      names = {"ENGINE", "SERVLET"})
  void every_read_works(Door door) throws Exception {
    over(
        door,
        (writable, disk) -> {
          assertThat(disk.exists("d/small")).isTrue();
          assertThat(disk.exists("missing")).isFalse();
          assertThat(disk.metadata("d/large").size()).isEqualTo(LARGE.length());
          try (Download in = disk.download("d/small")) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("content");
          }
          disk.downloadTo("d/large", local.resolve("large"));
          LARGE.assertEquals(local.resolve("large"));
          try (SeekableByteChannel channel = disk.openChannel("d/small")) {
            assertThat(channel.position(3).read(ByteBuffer.allocate(10))).isEqualTo(4);
          }
          try (Listing files = disk.list("d")) {
            assertThat(files.stream().map(f -> f.path().value()))
                .containsExactly("d/large", "d/small");
          }
          assertThat(disk.usage("d").files()).isEqualTo(2);
          assertThat(disk.health().healthy()).isTrue();
          assertThat(disk.capabilities().strongTags()).isTrue();
          assertThat(disk.uploads(Duration.ZERO)).isEmpty();
        });
  }
}
