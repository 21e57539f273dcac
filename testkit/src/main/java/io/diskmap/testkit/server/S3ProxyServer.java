package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * S3Proxy over memory in a process of its own, from the class path of the tests, which has to have
 * {@code org.gaul:s3proxy}: it needs nothing installed. For any thread.
 */
public final class S3ProxyServer implements AutoCloseable {
  /** The access key that it knows. */
  public static final String ACCESS_KEY = "test-access-key";

  /** The secret of the key. */
  public static final String SECRET_KEY = "test-secret-key";

  private static final String SETTINGS = "{settings}";
  private static final String PORT = "{port}";

  private final Path directory;
  private final int port;
  private final ServerProcess process;

  private S3ProxyServer(Path directory, int port, ServerProcess process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Starts it on a free port. */
  public static S3ProxyServer start() throws IOException, InterruptedException {
    return start("org.gaul.s3proxy.Main", "--properties", SETTINGS);
  }

  /** Starts a class of the tests that serves the store: its arguments are port, key and secret. */
  public static S3ProxyServer start(Class<?> main) throws IOException, InterruptedException {
    return start(main.getName(), PORT, ACCESS_KEY, SECRET_KEY);
  }

  private static S3ProxyServer start(String main, String... given)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("diskmap-s3proxy-");
    int port = FreePort.find();
    Path settings = directory.resolve("s3proxy.properties");
    Files.writeString(
        settings,
        """
        s3proxy.authorization=aws-v2-or-v4
        s3proxy.endpoint=http://127.0.0.1:%d
        s3proxy.identity=%s
        s3proxy.credential=%s
        jclouds.provider=transient-nio2
        jclouds.identity=x
        jclouds.credential=x
        """
            .formatted(port, ACCESS_KEY, SECRET_KEY));
    Path arguments = directory.resolve("java.args");
    Files.writeString(arguments, "-cp\n\"" + System.getProperty("java.class.path") + "\"\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1200m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "@" + arguments,
                main));
    for (String argument : given) {
      command.add(
          argument.equals(SETTINGS)
              ? settings.toString()
              : argument.equals(PORT) ? Integer.toString(port) : argument);
    }
    ServerProcess process =
        ServerProcess.builder("s3proxy", command)
            .log(directory.resolve("log"))
            .readyWhen(Readiness.port("127.0.0.1", port))
            .startTimeout(Duration.ofSeconds(60))
            .start();
    return new S3ProxyServer(directory, port, process);
  }

  /** Where it is. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() throws IOException {
    process.close();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
