package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Race;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The options that bound sessions and that say what a link is. */
@Timeout(120)
@NeedsOpenSsh
class SessionOptionsTest {
  private static final int THREADS = 8;
  private static final int FILES = 25;

  private static void saveMany(Storage storage) throws Exception {
    try (Race race = new Race(THREADS)) {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        runs.add(race.begin(() -> saveSome(storage, number)));
      }
      for (Future<Integer> run : runs) {
        assertThat(run.get(90, TimeUnit.SECONDS)).isEqualTo(FILES);
      }
    }
  }

  private static int saveSome(Storage storage, int thread) throws Exception {
    for (int i = 0; i < FILES; i++) {
      storage.save("t" + thread + "/f" + i, Content.of("content " + i));
    }
    return FILES;
  }

  @Test
  void no_more_connections_and_channels_are_made_than_the_options_allow() throws Exception {
    try (OpenSshServer server = OpenSshServer.launch();
        FaultProxy line = FaultProxy.to("127.0.0.1", server.port())) {
      SshDisk disk = SshDisk.on(server).through(line.port(), server);
      try (StorageManager manager = disk.with("connections", 2).with("channels", 2).open()) {
        saveMany(SshDisk.of(manager));
        assertThat(line.accepted()).isBetween(1L, 2L);
        assertThat(channels(manager)).isBetween(1, 4);
      }
      long before = line.accepted();
      try (StorageManager manager = disk.with("connections", 1).with("channels", 1).open()) {
        saveMany(SshDisk.of(manager));
        assertThat(line.accepted() - before).isEqualTo(1);
        assertThat(channels(manager)).isEqualTo(1);
      }
    }
  }

  private static int channels(StorageManager manager) throws Exception {
    return Integer.parseInt(SshDisk.of(manager).health().details().get("channels"));
  }

  @Test
  void a_server_that_grants_one_session_is_enough() throws Exception {
    try (OpenSshServer server = OpenSshServer.launch("Match all", "MaxSessions 1");
        StorageManager manager = SshDisk.on(server).with("channels", 4).open()) {
      saveMany(SshDisk.of(manager));
      assertThat(channels(manager)).isEqualTo(1);
    }
  }

  @Test
  void a_link_inside_the_root_is_a_file_or_nothing_as_the_option_says() throws Exception {
    try (OpenSshServer server = OpenSshServer.launch()) {
      Path file = Files.writeString(server.files().resolve("file"), "content");
      Files.createSymbolicLink(server.files().resolve("link"), file.getFileName());
      try (StorageManager manager = SshDisk.on(server).open();
          Download in = SshDisk.of(manager).download("link")) {
        assertThat(in.readAllBytes()).asString().isEqualTo("content");
      }
      try (StorageManager manager = SshDisk.on(server).with("links", "refuse").open()) {
        assertThat(SshDisk.of(manager).exists("link")).isFalse();
        assertThat(SshDisk.of(manager).exists("file")).isTrue();
      }
    }
  }
}
