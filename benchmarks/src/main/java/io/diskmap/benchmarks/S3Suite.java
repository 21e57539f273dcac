package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.server.CephRgwServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The S3 driver beside other clients on one Ceph gateway, whose store and whose files are in
 * memory. For one thread.
 */
final class S3Suite implements AutoCloseable {
  private static final long MIB = 1L << 20;
  private static final long LONGEST_WARM_UP = 256 * MIB;
  private static final int SMALL_FILES = 2_000;
  private static final int LISTED = 10_000;
  private static final int THREADS = 16;

  /** What one connection has on its line at most, in bytes, where the targets were set. */
  private static final long NARROW = 512 * 1024;

  /** For a line on which no target was set. */
  private static final double NO_TARGET = 0;

  /** The targets were set in JVMs that had done the task before. */
  private static final int WARM_UPS = 3;

  /** Many small requests in little time, or ciphers: a virtual machine compiles for long. */
  private static final int LONG_WARM_UPS = 12;

  /** What saves one small file by its number. */
  @FunctionalInterface
  private interface SmallSave {
    void run(int number) throws Exception;
  }

  /** Diskmap and its peers over one way to the server. */
  private record Line(StorageManager manager, Storage storage, CrtPeer crt)
      implements AutoCloseable {
    static Line open(S3Endpoint endpoint, String more) throws StorageException {
      String json = endpoint.json();
      String disk = json.substring(0, json.length() - 1) + more + "}";
      StorageManager manager =
          StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + disk + "}}"));
      return new Line(manager, manager.disk("disk"), new CrtPeer(endpoint));
    }

    @Override
    public void close() {
      crt.close();
      manager.close();
    }
  }

  private final Path work;
  private final CephRgwServer server;
  private final S3Endpoint endpoint;
  private final List<FaultProxy> lines;
  private final Line near;
  private final Line secure;
  private final Line far;
  private final Line narrow;
  private final MinioPeer minio;
  private final OpenDalPeer openDal;
  private final RclonePeer rclone;
  private final S3Curl curl;
  private final Path target;
  private long uploaded;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  S3Suite(Path directory) throws Exception {
    Path memory = Path.of("/dev/shm");
    this.work =
        Files.createTempDirectory(
            Files.isDirectory(memory) ? memory : Files.createDirectories(directory), "bench");
    this.target = work.resolve("target.bin");
    Path certificate = certificate();
    this.server = CephRgwServer.start(6L << 30, Optional.of(certificate));
    this.endpoint =
        new S3Endpoint(
            server.endpoint(), "bench-bucket", CephRgwServer.ACCESS_KEY, CephRgwServer.SECRET_KEY);
    this.minio = new MinioPeer(endpoint);
    CrtPeer.createBucket(endpoint);
    FaultProxy wide = line();
    FaultProxy slow = line();
    for (Direction direction : Direction.values()) {
      slow.window(direction, NARROW);
    }
    this.lines = List.of(wide, slow);
    S3Endpoint tls =
        new S3Endpoint(
            server.secureEndpoint(), endpoint.bucket(), endpoint.accessKey(), endpoint.secretKey());
    this.near = Line.open(endpoint, "");
    this.secure = Line.open(tls, ",\"ca_file\":\"" + work.resolve("cert.pem") + "\"");
    this.far = Line.open(endpoint.at(wide.port()), "");
    this.narrow = Line.open(endpoint.at(slow.port()), "");
    this.openDal = new OpenDalPeer(endpoint);
    this.rclone = new RclonePeer(endpoint, work);
    this.curl = new S3Curl(near.storage(), work);
  }

  private FaultProxy line() throws IOException {
    FaultProxy proxy = FaultProxy.to("127.0.0.1", server.endpoint().getPort());
    proxy.delay(Duration.ofMillis(10));
    return proxy;
  }

  private Path certificate() throws Exception {
    Path key = work.resolve("key.pem");
    Path certificate = work.resolve("cert.pem");
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
        key.toString(),
        "-out",
        certificate.toString());
    Path both = work.resolve("both.pem");
    Files.writeString(both, Files.readString(certificate) + Files.readString(key));
    return both;
  }

  List<Contest> contests() throws Exception {
    List<Contest> all = new ArrayList<>();
    S3Peer crt = near.crt();
    Path whole = file(256 * MIB);
    all.add(
        upload(
            "256 MiB",
            whole,
            near,
            Map.of(crt, 1 / 1.6, minio, 1.0, openDal, 1 / 0.8, rclone, 1 / 0.7)));
    all.add(
        download(
                "256 MiB",
                whole,
                near,
                Map.of(crt, 1 / 1.15, minio, 1 / 0.6, openDal, 1 / 0.35, rclone, 1.0))
            .with(
                new Contest.Rival(
                    "curl, with its start", 0, () -> curl.download(key(whole), target))));
    all.add(upload("256 MiB over TLS", whole, secure, Map.of(secure.crt(), 1 / 1.25)));
    all.add(download("256 MiB over TLS", whole, secure, Map.of(secure.crt(), 1 / 1.15)));
    Path part = file(64 * MIB);
    String line = "64 MiB at 20 ms, 512 KiB in flight";
    all.add(upload(line, part, narrow, Map.of(narrow.crt(), 1 / 1.3)));
    all.add(download(line, part, narrow, Map.of(narrow.crt(), 1 / 0.8)));
    all.add(upload("64 MiB at 20 ms", part, far, Map.of(far.crt(), NO_TARGET)));
    all.add(download("64 MiB at 20 ms", part, far, Map.of(far.crt(), NO_TARGET)));
    all.add(
        small(Map.of(minio, 1 / 0.8, crt, 1.0, openDal, 1 / 1.5))
            .with(
                new Contest.Rival(
                    "curl, with its start",
                    0,
                    curl.puts("small/curl", SMALL_FILES, smallContent()))));
    all.add(listing(Map.of(minio, 1.0, crt, 0.7, openDal, 0.7)));
    all.add(deleting(Map.of(minio, 1 / 0.85, rclone, 1 / 0.6)));
    Path large = file(1024 * MIB);
    all.add(upload("1 GiB", large, near, Map.of(minio, 1 / 0.5, rclone, 1 / 0.85)));
    all.add(download("1 GiB", large, near, Map.of(crt, 1 / 1.15)));
    return all;
  }

  private Path file(long bytes) throws Exception {
    Path file = work.resolve("source-" + bytes);
    if (!Files.exists(file)) {
      try (OutputStream out = Files.newOutputStream(file)) {
        new SeededContent(1, bytes).stream().transferTo(out);
      }
    }
    return file;
  }

  /** What a peer does with a task. */
  @FunctionalInterface
  private interface Deed {
    void by(S3Peer peer) throws Exception;
  }

  /** The peers in the order of their names, with the ratios that are wanted of us. */
  private static List<Contest.Rival> rivals(Map<S3Peer, Double> wanted, Deed deed) {
    return wanted.entrySet().stream()
        .map(
            peer ->
                new Contest.Rival(
                    peer.getKey().name(), peer.getValue(), () -> deed.by(peer.getKey())))
        .sorted(Comparator.comparing(Contest.Rival::name))
        .toList();
  }

  private Contest upload(String size, Path source, Line line, Map<S3Peer, Double> wanted)
      throws IOException {
    long bytes = Files.size(source);
    return new Contest(
        "upload of " + size,
        warmUps(bytes, line),
        () -> line.storage().save("up/ours", Content.of(source)),
        rivals(wanted, peer -> peer.upload(source, "up/peer")),
        () -> clear(bytes));
  }

  private int warmUps(long bytes, Line line) {
    if (bytes > LONGEST_WARM_UP) {
      return 0;
    }
    return line == near ? WARM_UPS : LONG_WARM_UPS;
  }

  /** Removes what was uploaded, and frees its memory before it is too much for the store. */
  private void clear(long next) throws Exception {
    near.storage().deletePrefix("up");
    uploaded += next;
    if (uploaded > 2048 * MIB) {
      server.reclaim();
      uploaded = next;
    }
  }

  private Contest download(String size, Path source, Line line, Map<S3Peer, Double> wanted)
      throws IOException {
    return new Contest(
        "download of " + size,
        warmUps(Files.size(source), line),
        () -> line.storage().downloadTo(key(source), target),
        rivals(wanted, peer -> peer.download(key(source), target)),
        () -> {
          store(source);
          Files.deleteIfExists(target);
        });
  }

  private static String key(Path source) {
    return "down/" + source.getFileName();
  }

  /** Stores a file that is there once for all downloads. */
  private void store(Path source) throws Exception {
    if (!near.storage().exists(key(source))) {
      near.storage().save(key(source), Content.of(source));
    }
  }

  private static byte[] smallContent() {
    return new SeededContent(2, 4096).range(0, 4096);
  }

  private Contest small(Map<S3Peer, Double> wanted) {
    byte[] content = smallContent();
    SmallSave ours = i -> near.storage().save("small/ours/" + i, Content.of(content));
    return new Contest(
        "2 000 files of 4 KiB, 16 at once",
        LONG_WARM_UPS,
        () -> all(SMALL_FILES, ours),
        rivals(wanted, peer -> all(SMALL_FILES, i -> peer.put("small/peer/" + i, content))),
        () -> {});
  }

  private void all(int count, SmallSave save) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      tasks.add(
          () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              save.run(i);
            }
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(tasks)) {
      done.get();
    }
  }

  private Contest listing(Map<S3Peer, Double> wanted) {
    return new Contest(
        "listing of 10 000 files",
        WARM_UPS,
        () -> requireAll(count("listed")),
        rivals(wanted, peer -> requireAll(peer.list("listed/"))),
        () -> fill("listed"));
  }

  private static void requireAll(long count) {
    if (count != LISTED) {
      throw new IllegalStateException("listed " + count);
    }
  }

  private long count(String prefix) throws Exception {
    try (Listing listing = near.storage().list(prefix)) {
      return listing.stream().count();
    }
  }

  /** Makes 10 000 files below a prefix that has none. */
  private void fill(String prefix) throws Exception {
    if (openDal.list(prefix + "/") == LISTED) {
      return;
    }
    byte[] content = {1};
    all(LISTED, i -> openDal.put("%s/d%02d/f%05d".formatted(prefix, i % 20, i), content));
  }

  private Contest deleting(Map<S3Peer, Double> wanted) {
    return new Contest(
        "delete of 10 000 files",
        0,
        () -> near.storage().deletePrefix("deleted"),
        rivals(wanted, peer -> peer.delete("deleted/")),
        () -> fill("deleted"));
  }

  /** Clause S4 over S3, in a process of 64 MiB of heap and 64 MiB of direct memory. */
  String facts() throws Exception {
    long bytes = Long.getLong("benchmark.stream", 4L << 30);
    if (bytes == 0) {
      return "";
    }
    near.storage().deletePrefix("down");
    near.storage().deletePrefix("up");
    server.reclaim();
    long start = System.nanoTime();
    String map = "{\"disks\":{\"disk\":" + endpoint.json() + "}}";
    try (ChildJvm child =
        ChildJvm.of(StreamMain.class)
            .options("-Xmx64m", "-XX:MaxDirectMemorySize=64m")
            .arguments(map, "disk", Long.toString(bytes))
            .start()) {
      child.awaitSuccess(Duration.ofMinutes(10));
      return String.format(
          Locale.ROOT,
          "%n%d bytes of unknown length there and back with 64 MiB of heap and 64 MiB of direct"
              + " memory: whole and equal after %.1f s.%n%s%n",
          bytes,
          (System.nanoTime() - start) / 1e9,
          String.join("\n", child.output()));
    }
  }

  @Override
  public void close() throws Exception {
    threads.shutdownNow();
    for (AutoCloseable part : List.of(near, secure, far, narrow, minio, openDal, rclone)) {
      part.close();
    }
    for (FaultProxy proxy : lines) {
      proxy.close();
    }
    server.close();
    Shell.run("rm", "-rf", work.toString());
  }
}
