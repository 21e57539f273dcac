package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Failures;
import io.diskmap.testkit.contract.StagedLeftovers;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the extensions of OpenSSH are used for, and what happens without them. */
@Timeout(120)
@NeedsOpenSsh
class ExtensionsTest {
  private OpenSshServer openSsh;
  private FaultProxy line;
  private MinaServer mina;

  @BeforeEach
  void start() throws Exception {
    openSsh = OpenSshServer.launch();
    line = FaultProxy.to("127.0.0.1", openSsh.port());
    mina = new MinaServer();
  }

  @AfterEach
  void stop() throws Exception {
    line.close();
    openSsh.close();
    mina.close();
  }

  private SshDisk bare() {
    return SshDisk.to("127.0.0.1", mina.port(), MinaServer.USER)
        .with("password", MinaServer.PASSWORD)
        .with("host_key", mina.fingerprint());
  }

  private SshDisk whole() {
    return SshDisk.on(openSsh).through(line.port(), openSsh);
  }

  @Test
  void without_posix_rename_a_replace_is_refused_unless_several_steps_are_allowed()
      throws Exception {
    try (StorageManager manager = bare().open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("f", Content.of("old"));
      assertThatThrownBy(() -> storage.save("f", Content.of("new")))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED))
          .hasMessageContaining("allow_non_atomic_replace");
      assertThat(mina.files().resolve("f")).hasContent("old");
      assertThat(StagedLeftovers.in(mina.files())).isEmpty();
    }
    try (StorageManager manager = bare().with("allow_non_atomic_replace", true).open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("f", Content.of("new"));
      assertThat(mina.files().resolve("f")).hasContent("new");
      assertThat(StagedLeftovers.in(mina.files())).isEmpty();
    }
  }

  @Test
  void without_hardlink_a_new_file_is_still_refused_where_one_stands() throws Exception {
    try (StorageManager manager = bare().open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("f", Content.of("old"));
      assertThat(
              Failures.kindOf(() -> storage.save("f", Content.of("new"), SaveOptions.ifAbsent())))
          .isIn(ErrorKind.ALREADY_EXISTS, ErrorKind.UNSUPPORTED);
      assertThat(mina.files().resolve("f")).hasContent("old");
    }
  }

  @Test
  void more_durability_than_the_server_has_is_refused() throws Exception {
    Logins.requireRefusedSave(
        whole().with("durability", "name"), ErrorKind.UNSUPPORTED, "durability");
    Logins.requireRefusedSave(
        bare().with("durability", "content"), ErrorKind.UNSUPPORTED, "durability");
    try (StorageManager manager = whole().with("durability", "content").open()) {
      SshDisk.of(manager).save("f", Content.of("x"));
    }
  }

  @Test
  void a_copy_stays_inside_a_server_that_has_copy_data() throws Exception {
    byte[] content = new SeededContent(1, 16L << 20).stream().readAllBytes();
    Files.write(openSsh.files().resolve("from"), content);
    try (StorageManager manager = whole().open()) {
      Storage storage = SshDisk.of(manager);
      storage.exists("from");
      long before = line.bytesIn(Direction.TO_SERVER) + line.bytesIn(Direction.TO_CLIENT);
      storage.copy("from", "to", SaveOptions.defaults());
      long moved = line.bytesIn(Direction.TO_SERVER) + line.bytesIn(Direction.TO_CLIENT) - before;
      assertThat(moved).isLessThan(64 * 1024);
    }
    assertThat(openSsh.files().resolve("to")).hasBinaryContent(content);
  }

  @Test
  void a_listing_is_one_pass_without_a_request_for_each_file() throws Exception {
    Path many = Files.createDirectory(openSsh.files().resolve("many"));
    for (int i = 0; i < 3000; i++) {
      Files.writeString(many.resolve("file-" + i), "x");
    }
    try (StorageManager manager = whole().open()) {
      Storage storage = SshDisk.of(manager);
      storage.exists("warm-up");
      long before = line.bytesIn(Direction.TO_SERVER);
      try (Listing listing = storage.list("many")) {
        assertThat(listing.stream().filter(file -> file.size() == 1).count()).isEqualTo(3000);
      }
      assertThat(line.bytesIn(Direction.TO_SERVER) - before).isLessThan(3000 * 10);
    }
  }

  @Test
  void attributes_in_a_state_dir_are_seen_by_whoever_opens_the_disk_later() throws Exception {
    Path state = Files.createDirectory(openSsh.files().resolveSibling("state"));
    SshDisk disk = whole().with("state_dir", state);
    try (StorageManager manager = disk.open()) {
      SshDisk.of(manager)
          .save(
              "f", Content.of("x"), SaveOptions.defaults().withAttributes(Map.of("key", "value")));
    }
    try (StorageManager manager = disk.open()) {
      Storage storage = SshDisk.of(manager);
      assertThat(storage.metadata("f").attributes()).containsEntry("key", "value");
      try (Download download = storage.download("f")) {
        assertThat(download.metadata().attributes()).containsEntry("key", "value");
      }
    }
    assertThat(openSsh.files().resolve(".diskmap")).doesNotExist();
  }

  @Test
  void what_is_kept_of_a_file_that_others_removed_is_swept_by_a_cleanup() throws Exception {
    requireSwept(bare(), mina.files());
    requireSwept(whole(), openSsh.files());
  }

  private static void requireSwept(SshDisk disk, Path files) throws Exception {
    SaveOptions attributes = SaveOptions.defaults().withAttributes(Map.of("key", "value"));
    try (StorageManager manager = disk.with("sweep_age", "0s").open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("d/gone", Content.of("x"), attributes);
      storage.save("d/stays", Content.of("x"), attributes);
      Files.delete(files.resolve("d/gone"));
      assertThat(sidecars(files)).isEqualTo(2);
      storage.cleanup("elsewhere", Duration.ZERO, false);
      assertThat(sidecars(files)).isEqualTo(1);
      assertThat(storage.metadata("d/stays").attributes()).containsEntry("key", "value");
    }
  }

  private static long sidecars(Path files) throws IOException {
    try (Stream<Path> all = Files.walk(files.resolve(".diskmap/attrs"))) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void free_space_is_told_where_the_server_tells_it() throws Exception {
    try (StorageManager with = whole().open();
        StorageManager without = bare().open()) {
      assertThat(SshDisk.of(with).health().details()).containsKey("free_bytes");
      assertThat(SshDisk.of(without).health().healthy()).isTrue();
    }
  }
}
