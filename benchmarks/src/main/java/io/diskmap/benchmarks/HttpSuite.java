package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The services server and its client beside nginx with curl and rclone, with or without TLS. */
final class HttpSuite implements AutoCloseable {
  /** How often each task is done before its rounds: the server and the client run for long. */
  static final int WARM_UPS = 5;

  private static final long BIG = 1L << 30;
  private static final String KEY = "benchmark-key-0123456789abcdef0123456789";

  private final Path work;
  private final Path served;
  private final Path source;
  private final boolean tls;
  private final ChildJvm server;
  private final String url;
  private final ServerProcess nginx;
  private final String nginxUrl;
  private final ServerProcess webdav;
  private final String webdavUrl;
  private final StorageManager manager;
  private final Storage storage;
  private final List<String> curl = new ArrayList<>();

  HttpSuite(Path directory, boolean tls) throws Exception {
    this.tls = tls;
    Path memory = Path.of("/dev/shm");
    this.work =
        Files.createTempDirectory(
            Files.isDirectory(memory) ? memory : Files.createDirectories(directory), "bench");
    this.served = Files.createDirectories(work.resolve("served"));
    Files.createDirectories(work.resolve("nginx"));
    this.source = work.resolve("source.bin");
    write(source);
    Files.createLink(served.resolve("source.bin"), source);
    Path certificate = work.resolve("cert.pem");
    Path privateKey = work.resolve("key.pem");
    if (tls) {
      Shell.run(
          "openssl",
          "req",
          "-x509",
          "-newkey",
          "rsa:2048",
          "-nodes",
          "-days",
          "2",
          "-subj",
          "/CN=localhost",
          "-addext",
          "subjectAltName=IP:127.0.0.1,DNS:localhost",
          "-keyout",
          privateKey.toString(),
          "-out",
          certificate.toString());
    }
    List<String> arguments = new ArrayList<>(List.of(served.toString(), KEY));
    if (tls) {
      arguments.add(certificate.toString());
      arguments.add(privateKey.toString());
    }
    this.server =
        ChildJvm.of(ServeMain.class)
            .options("-Xmx512m")
            .arguments(arguments.toArray(String[]::new))
            .start();
    String port = server.awaitLine("port ", Duration.ofSeconds(20)).substring(5).trim();
    String scheme = tls ? "https" : "http";
    this.url = scheme + "://127.0.0.1:" + port;
    int nginxPort = FreePort.find();
    this.nginxUrl = scheme + "://127.0.0.1:" + nginxPort;
    this.nginx = startNginx(nginxPort, certificate, privateKey);
    int webdavPort = FreePort.find();
    this.webdavUrl = "http://127.0.0.1:" + webdavPort;
    this.webdav =
        ServerProcess.builder(
                "rclone",
                List.of(
                    "rclone",
                    "serve",
                    "webdav",
                    served.toString(),
                    "--addr",
                    "127.0.0.1:" + webdavPort))
            .directory(work)
            .readyWhen(Readiness.port("127.0.0.1", webdavPort))
            .start();
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("url", url);
    options.put("api_key", KEY);
    options.put("disk", "disk");
    curl.addAll(List.of("curl", "-sS", "-f", "-H", "X-API-Key: " + KEY, "-o", "/dev/null"));
    if (tls) {
      options.put("ca_file", certificate.toString());
      curl.addAll(List.of("--cacert", certificate.toString()));
    }
    this.manager =
        StorageManager.open(DiskMap.builder().disk("disk", "remote-http", options).build());
    this.storage = manager.disk("disk");
  }

  private ServerProcess startNginx(int port, Path certificate, Path privateKey) throws Exception {
    String listen = tls ? port + " ssl" : Integer.toString(port);
    String secure =
        tls ? "ssl_certificate " + certificate + "; ssl_certificate_key " + privateKey + ";" : "";
    Path config = work.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off; user root; worker_processes 2; pid %1$s/nginx.pid; error_log %1$s/error.log;
        events { worker_connections 256; }
        http {
          access_log off; sendfile on; tcp_nopush on; client_max_body_size 0;
          client_body_temp_path %1$s/nginx/body; proxy_temp_path %1$s/nginx/proxy;
          fastcgi_temp_path %1$s/nginx/fastcgi; uwsgi_temp_path %1$s/nginx/uwsgi;
          scgi_temp_path %1$s/nginx/scgi;
          server { listen 127.0.0.1:%2$s; %3$s root %4$s; location / { dav_methods PUT DELETE; } }
        }
        """
            .formatted(work, listen, secure, served));
    return ServerProcess.builder("nginx", List.of("nginx", "-c", config.toString()))
        .directory(work)
        .readyWhen(Readiness.port("127.0.0.1", port))
        .start();
  }

  List<Duel> duels() {
    String ours = url + "/internal/storage/";
    List<Duel> duels = new ArrayList<>();
    duels.add(
        new Duel(
            "server: download of 1 GiB with curl",
            "nginx with curl",
            tls ? 0.5 : 0.9,
            () -> curl(ours + "download?disk=disk&path=source.bin"),
            () -> curl(nginxUrl + "/source.bin"),
            () -> {}));
    duels.add(
        new Duel(
            "client and server: download of 1 GiB",
            "nginx with curl",
            tls ? 0.5 : 0.8,
            this::download,
            () -> curl(nginxUrl + "/source.bin"),
            () -> {}));
    Duel.Step clear = () -> Shell.run("sh", "-c", "rm -f \"$0\"/up-*", served.toString());
    duels.add(
        new Duel(
            "server: upload of 1 GiB with curl",
            "nginx (WebDAV) with curl",
            tls ? 0.5 : 0.8,
            () -> curl("-T", source.toString(), ours + "upload?disk=disk&path=up-a"),
            () -> curl("-T", source.toString(), nginxUrl + "/up-b"),
            clear));
    duels.add(
        new Duel(
            "client: upload of 1 GiB",
            "curl to the same server",
            0.9,
            () -> storage.save("up-c", Content.of(source)),
            () -> curl("-T", source.toString(), ours + "upload?disk=disk&path=up-d"),
            clear));
    if (!tls) {
      duels.add(
          new Duel(
              "client: upload of 1 GiB",
              "rclone over WebDAV",
              3.0,
              () -> storage.save("up-e", Content.of(source)),
              () ->
                  Shell.run(
                      "rclone",
                      "copyto",
                      "--ignore-times",
                      source.toString(),
                      ":webdav,url='" + webdavUrl + "':up-f"),
              clear));
    }
    return duels;
  }

  private void curl(String... more) throws Exception {
    List<String> command = new ArrayList<>(curl);
    command.addAll(List.of(more));
    Shell.run(command.toArray(String[]::new));
  }

  private void download() throws Exception {
    try (Download in = storage.download("source.bin")) {
      in.transferTo(Channels.newChannel(OutputStream.nullOutputStream()));
    }
  }

  /** The server's processor time a GiB, and the latency of a small call. */
  String facts() throws Exception {
    List<Double> latencies = new ArrayList<>();
    List<Double> downloads = new ArrayList<>();
    List<Double> uploads = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      downloads.add(
          cpuSeconds(
              server.pid(),
              () -> curl(url + "/internal/storage/download?disk=disk&path=source.bin")));
      uploads.add(
          cpuSeconds(
              server.pid(),
              () ->
                  curl(
                      "-T",
                      source.toString(),
                      url + "/internal/storage/upload?disk=disk&path=up-g")));
    }
    for (int round = 0; round < 3; round++) {
      latencies.add(existsMillis());
    }
    return Figure.line("`exists`, half of the calls", "ms", tls ? Double.NaN : 0.25, latencies)
        + Figure.line(
            "processor time of the server for 1 GiB downloaded",
            "s",
            tls ? Double.NaN : 0.25,
            downloads)
        + Figure.line("processor time of the server for 1 GiB uploaded", "s", Double.NaN, uploads)
        + """

        Server and client run for long, so each task is done %d times before its rounds: until then
        Java still compiles. All files lie in memory, where a sync costs nothing.
        """
            .formatted(Integer.getInteger("benchmark.warmups", WARM_UPS));
  }

  private double existsMillis() throws Exception {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < 12_000; i++) {
      long start = System.nanoTime();
      storage.exists("source.bin");
      if (i >= 4_000) {
        millis.add((System.nanoTime() - start) / 1e6);
      }
    }
    return Duel.median(millis);
  }

  private static double cpuSeconds(long process, Duel.Step step) throws Exception {
    double before = cpuSeconds(process);
    step.run();
    return cpuSeconds(process) - before;
  }

  private static double cpuSeconds(long process) {
    return ProcessHandle.of(process)
        .flatMap(handle -> handle.info().totalCpuDuration())
        .map(time -> time.toNanos() / 1e9)
        .orElse(Double.NaN);
  }

  private static void write(Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      new SeededContent(7, BIG).writeTo(out);
    }
  }

  @Override
  public void close() throws Exception {
    manager.close();
    server.close();
    nginx.close();
    webdav.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
