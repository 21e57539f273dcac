package io.diskmap.examples.sharednfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.testkit.server.GaneshaServer;
import io.diskmap.testkit.server.NeedsGanesha;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three instances as processes of their own on one server. */
@NeedsGanesha
class SharedNfsTest {
  private static final List<String> NAMES = List.of("ada", "ben", "cleo");

  @TempDir Path temp;

  @Test
  @Timeout(120)
  void three_instances_see_each_others_files_and_notes() throws Exception {
    try (GaneshaServer server = GaneshaServer.start(temp)) {
      Path map = temp.resolve("disks.json");
      Files.writeString(
          map,
          """
          { "disks": { "team": { "driver": "nfs", "host": "127.0.0.1", "port": %d,
                                 "export": "%s", "uid": 0, "gid": 0 } } }
          """
              .formatted(server.port(), server.export()));
      List<Process> instances = new ArrayList<>();
      try {
        for (String name : NAMES) {
          instances.add(start(map, name));
        }
        for (int i = 0; i < NAMES.size(); i++) {
          requireMeeting(instances.get(i), NAMES.get(i));
        }
      } finally {
        instances.forEach(Process::destroyForcibly);
      }
    }
  }

  private Process start(Path map, String name) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            InstanceMain.class.getName(),
            map.toString(),
            name,
            Integer.toString(NAMES.size()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve(name + ".out").toFile())
        .start();
  }

  private void requireMeeting(Process instance, String name) throws Exception {
    assertThat(instance.waitFor(90, TimeUnit.SECONDS)).as(name).isTrue();
    String said = Files.readString(temp.resolve(name + ".out"), StandardCharsets.UTF_8);
    assertThat(instance.exitValue()).as(said).isZero();
    for (String other : NAMES) {
      if (!other.equals(name)) {
        assertThat(said).contains(name + " reads of " + other + ": result of " + other);
      }
    }
    assertThat(said).contains(name + " met all");
  }
}
