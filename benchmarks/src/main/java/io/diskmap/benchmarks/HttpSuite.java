package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The services server and its client beside nginx with curl and rclone, with or without TLS. */
final class HttpSuite implements AutoCloseable {
  /** How often each task is done before its rounds: the server and the client run for long. */
  static final int WARM_UPS = 12;

  private final boolean tls;
  private final HttpServers servers;
  private final StorageManager manager;
  private final Storage storage;
  private final Curl curl;
  private final List<AutoCloseable> more = new ArrayList<>();
  private final Path directory;

  HttpSuite(Path directory, boolean tls) throws Exception {
    this.tls = tls;
    this.servers = new HttpServers(directory, tls);
    this.directory = directory;
    this.curl = new Curl(HttpServers.KEY, servers.certificate());
    Map<String, Object> wide = new LinkedHashMap<>(options());
    wide.putAll(Map.of("chunk_size", "8MiB", "parallel", 4));
    this.manager =
        StorageManager.open(
            DiskMap.builder()
                .disk("disk", "remote-http", options())
                .disk("wide", "remote-http", wide)
                .build());
    this.storage = manager.disk("disk");
  }

  private Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("url", servers.url);
    options.put("api_key", HttpServers.KEY);
    options.put("disk", "disk");
    servers.certificate().ifPresent(certificate -> options.put("ca_file", certificate.toString()));
    return options;
  }

  List<Duel> duels() throws Exception {
    String ours = servers.url + "/internal/storage/";
    List<Duel> duels = new ArrayList<>();
    duels.add(
        new Duel(
            "server: download of 1 GiB with curl",
            "nginx with curl",
            tls ? 0.5 : 0.9,
            () -> curl.run(ours + "download?disk=disk&path=source.bin"),
            () -> curl.run(servers.nginxUrl + "/source.bin"),
            () -> {}));
    duels.add(
        new Duel(
            "client and server: download of 1 GiB",
            "nginx with curl",
            tls ? 0.5 : 0.8,
            this::download,
            () -> curl.run(servers.nginxUrl + "/source.bin"),
            () -> {}));
    duels.add(
        new Duel(
            "server: upload of 1 GiB with curl",
            "nginx (WebDAV) with curl",
            tls ? 0.5 : 0.8,
            () -> curl.run("-T", servers.source.toString(), ours + "upload?disk=disk&path=up-a"),
            () -> curl.run("-T", servers.source.toString(), servers.nginxUrl + "/up-b"),
            servers::clear));
    duels.add(
        new Duel(
            "client: upload of 1 GiB",
            "curl to the same server",
            0.9,
            () -> storage.save("up-c", Content.of(servers.source)),
            () -> curl.run("-T", servers.source.toString(), ours + "upload?disk=disk&path=up-d"),
            servers::clear));
    if (!tls) {
      duels.addAll(inTheClear(ours));
    }
    return duels;
  }

  private List<Duel> inTheClear(String ours) throws Exception {
    String source = servers.source.toString();
    Path copy = servers.work.resolve("copy.bin");
    WebHop hop = new WebHop(servers);
    more.add(hop);
    DurableUploads durable = new DurableUploads(servers, directory);
    more.add(durable);
    return List.of(
        new Duel(
            "client: upload of 1 GiB in chunks of 8 MiB, 4 at once",
            "curl to the same server, one stream",
            0.75,
            () -> manager.disk("wide").save("up-l", Content.of(servers.source)),
            () -> curl.run("-T", source, ours + "upload?disk=disk&path=up-m"),
            servers::clear),
        new Duel(
            "client: upload of 1 GiB",
            "rclone over WebDAV",
            3.0,
            () -> storage.save("up-e", Content.of(servers.source)),
            () -> rclone(source, webdav("up-f")),
            servers::clear),
        new Duel(
            "client: downloadTo of 1 GiB",
            "rclone over WebDAV",
            1.05,
            () -> storage.downloadTo("source.bin", copy),
            () -> rclone(webdav("source.bin"), copy.toString()),
            () -> Files.deleteIfExists(copy)),
        new Duel(
            "server: upload of 1 GiB with curl",
            "dd without HTTP",
            0.5,
            () -> curl.run("-T", source, ours + "upload?disk=disk&path=up-j"),
            () ->
                Shell.run(
                    "dd",
                    "if=" + source,
                    "of=" + servers.served.resolve("up-k"),
                    "bs=1M",
                    "status=none"),
            servers::clear),
        durable.duel(curl),
        hop.download(servers, curl),
        hop.upload(servers, curl),
        smallCalls());
  }

  private Duel smallCalls() {
    HttpRequest exists =
        HttpRequest.newBuilder(
                URI.create(servers.url + "/internal/storage/exists?disk=disk&path=source.bin"))
            .header("X-API-Key", HttpServers.KEY)
            .build();
    HttpClient plain = HttpClient.newHttpClient();
    return new Duel(
        "4 000 calls of `exists`, one by one",
        "HttpClient of the JDK",
        3.0,
        () -> {
          for (int i = 0; i < 4_000; i++) {
            storage.exists("source.bin");
          }
        },
        () -> {
          for (int i = 0; i < 4_000; i++) {
            plain.send(exists, HttpResponse.BodyHandlers.ofByteArray());
          }
        },
        () -> {});
  }

  private String webdav(String path) {
    return ":webdav,url='" + servers.webdavUrl + "':" + path;
  }

  private static void rclone(String from, String to) throws Exception {
    Shell.run("rclone", "copyto", "--ignore-times", from, to);
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
    List<Double> nginxDownloads = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      downloads.add(
          cpuSeconds(
              servers.server.pid(),
              () ->
                  curl.run(servers.url + "/internal/storage/download?disk=disk&path=source.bin")));
      nginxDownloads.add(nginxCpuSeconds(() -> curl.run(servers.nginxUrl + "/source.bin")));
      servers.clear();
      uploads.add(
          cpuSeconds(
              servers.server.pid(),
              () ->
                  curl.run(
                      "-T",
                      servers.source.toString(),
                      servers.url + "/internal/storage/upload?disk=disk&path=up-g")));
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
        + Figure.line(
            "processor time of nginx for 1 GiB downloaded", "s", Double.NaN, nginxDownloads)
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

  /** Of nginx's workers, which are the children of the process that was started. */
  private double nginxCpuSeconds(Duel.Step step) throws Exception {
    double before = nginxCpuSeconds();
    step.run();
    return nginxCpuSeconds() - before;
  }

  private double nginxCpuSeconds() {
    return servers.nginx.pid().flatMap(ProcessHandle::of).stream()
        .flatMap(ProcessHandle::descendants)
        .mapToDouble(worker -> cpuSeconds(worker.pid()))
        .sum();
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

  @Override
  public void close() throws Exception {
    manager.close();
    for (AutoCloseable one : more) {
      one.close();
    }
    servers.close();
  }
}
