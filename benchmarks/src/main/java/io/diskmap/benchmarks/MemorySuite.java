package io.diskmap.benchmarks;

import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Clause S4: 4 GiB of unknown length through each driver in a process of 64 MiB of heap and 64 MiB
 * of direct memory.
 */
final class MemorySuite {
  private static final String KEY = "benchmark-key-0123456789abcdef0123456789";

  private MemorySuite() {}

  static String run(Path directory) throws Exception {
    long bytes = Long.getLong("benchmark.stream", 4L << 30);
    Pattern wanted = Pattern.compile(System.getProperty("benchmark.tasks", ".*"));
    Path root = Files.createDirectories(directory.resolve("root"));
    StringBuilder results = new StringBuilder();
    try (ChildJvm server =
            ChildJvm.of(ServeMain.class)
                .options("-Xmx64m", "-XX:MaxDirectMemorySize=64m")
                .arguments(root.toString(), KEY)
                .start();
        OpenSshServer sftp = OpenSshServer.launch()) {
      String port = server.awaitLine("port ", Duration.ofSeconds(20)).substring(5).trim();
      Map<String, String> disks = new TreeMap<>();
      disks.put("local", "{\"driver\":\"local\",\"root\":\"%s\"}".formatted(root));
      disks.put(
          "remote-http",
          "{\"driver\":\"remote-http\",\"url\":\"http://127.0.0.1:%s\",\"api_key\":\"%s\",\"disk\":\"disk\"}"
              .formatted(port, KEY));
      disks.put("sshfs", SftpSuite.json(sftp, sftp.port(), sftp.knownHosts(), sftp.root()));
      for (Map.Entry<String, String> disk : disks.entrySet()) {
        if (wanted.matcher(disk.getKey()).find()) {
          results.append(stream(disk.getKey(), disk.getValue(), bytes));
        }
      }
    }
    return results.toString();
  }

  private static String stream(String name, String disk, long bytes) throws Exception {
    long start = System.nanoTime();
    try (ChildJvm child =
        ChildJvm.of(StreamMain.class)
            .options("-Xmx64m", "-XX:MaxDirectMemorySize=64m")
            .arguments("{\"disks\":{\"disk\":" + disk + "}}", "disk", Long.toString(bytes))
            .start()) {
      child.awaitSuccess(Duration.ofMinutes(10));
    }
    return Figure.line(
        "%s: %d MiB of unknown length saved and compared, in 64 MiB of heap and 64 MiB of direct memory"
            .formatted(name, bytes >> 20),
        "s",
        Double.NaN,
        List.of((System.nanoTime() - start) / 1e9));
  }
}
