package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.server.CephRgwServer;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private static final int SMALL_FILES = 2_000;
  private static final int LISTED = 10_000;
  private static final int THREADS = 16;

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
  private final FaultProxy proxy;
  private final Line near;
  private final Line secure;
  private final Line far;
  private final MinioPeer minio;
  private final OpenDalPeer openDal;
  private final RclonePeer rclone;
  private final Path target;
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
    this.proxy = FaultProxy.to("127.0.0.1", server.endpoint().getPort());
    proxy.delay(Duration.ofMillis(10));
    S3Endpoint tls =
        new S3Endpoint(
            server.secureEndpoint(), endpoint.bucket(), endpoint.accessKey(), endpoint.secretKey());
    this.near = Line.open(endpoint, "");
    this.secure = Line.open(tls, ",\"ca_file\":\"" + work.resolve("cert.pem") + "\"");
    this.far = Line.open(endpoint.at(proxy.port()), "");
    this.openDal = new OpenDalPeer(endpoint);
    this.rclone = new RclonePeer(endpoint, work);
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

  List<Duel> duels() throws Exception {
    List<Duel> duels = new ArrayList<>();
    transfers(duels, "256 MiB", file(256 * MIB), near);
    transfers(duels, "256 MiB over TLS", file(256 * MIB), secure);
    transfers(duels, "1 GiB", file(1024 * MIB), near);
    transfers(duels, "64 MiB at 20 ms", file(64 * MIB), far);
    small(duels);
    listing(duels);
    deleting(duels);
    return duels;
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

  private void transfers(List<Duel> duels, String size, Path source, Line line) {
    boolean direct = line == near;
    double up = line == near ? 1 / 1.6 : line == secure ? 1 / 1.25 : 1 / 1.3;
    double down = line == far ? 1 / 0.8 : 1 / 1.15;
    boolean whole = size.startsWith("1 ");
    upload(duels, size, source, line, line.crt(), up);
    if (direct) {
      upload(duels, size, source, line, minio, whole ? 1 / 0.5 : 1);
      upload(duels, size, source, line, openDal, 1 / 0.8);
      upload(duels, size, source, line, rclone, whole ? 1 / 0.85 : 1 / 0.7);
    }
    download(duels, size, source, line, line.crt(), down);
    if (direct) {
      download(duels, size, source, line, minio, 1 / 0.6);
      download(duels, size, source, line, openDal, 1 / 0.35);
      download(duels, size, source, line, rclone, 1);
    }
  }

  private void upload(
      List<Duel> duels, String size, Path source, Line line, S3Peer peer, double wanted) {
    duels.add(
        new Duel(
            "upload of " + size,
            peer.name(),
            wanted,
            () -> line.storage().save("up/ours", Content.of(source)),
            () -> peer.upload(source, "up/peer"),
            this::clear));
  }

  private void clear() throws Exception {
    near.storage().deletePrefix("up");
    server.reclaim();
  }

  private void download(
      List<Duel> duels, String size, Path source, Line line, S3Peer peer, double wanted) {
    duels.add(
        new Duel(
            "download of " + size,
            peer.name(),
            wanted,
            () -> line.storage().downloadTo(stored(source), target),
            () -> peer.download(stored(source), target),
            () -> Files.deleteIfExists(target)));
  }

  /** The key of a file that is there once for all downloads. */
  private String stored(Path source) throws Exception {
    String key = "down/" + source.getFileName();
    if (!near.storage().exists(key)) {
      near.storage().save(key, Content.of(source));
    }
    return key;
  }

  private void small(List<Duel> duels) {
    byte[] content = new SeededContent(2, 4096).range(0, 4096);
    SmallSave ours = i -> near.storage().save("small/ours/" + i, Content.of(content));
    for (S3Peer peer : List.of(minio, near.crt(), openDal)) {
      double wanted = peer == minio ? 1 / 0.8 : peer == openDal ? 1 / 1.5 : 1;
      duels.add(
          new Duel(
              "2 000 files of 4 KiB, 16 at once",
              peer.name(),
              wanted,
              () -> all(SMALL_FILES, ours),
              () -> all(SMALL_FILES, i -> peer.put("small/peer/" + i, content)),
              () -> {}));
    }
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

  private void listing(List<Duel> duels) {
    for (S3Peer peer : List.of(minio, near.crt(), openDal)) {
      duels.add(
          new Duel(
              "listing of 10 000 files",
              peer.name(),
              peer == minio ? 1 : 0.7,
              () -> requireAll(count("listed")),
              () -> requireAll(peer.list("listed/")),
              () -> fill("listed")));
    }
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

  private void deleting(List<Duel> duels) {
    for (S3Peer peer : List.of(minio, rclone)) {
      duels.add(
          new Duel(
              "delete of 10 000 files",
              peer.name(),
              peer == minio ? 1 / 0.85 : 1 / 0.6,
              () -> near.storage().deletePrefix("deleted"),
              () -> peer.delete("deleted/"),
              () -> fill("deleted")));
    }
  }

  /** Clause S4 over S3, in a process of 64 MiB of heap and 64 MiB of direct memory. */
  String facts() throws Exception {
    long bytes = Long.getLong("benchmark.stream", 4L << 30);
    if (bytes == 0) {
      return "";
    }
    near.storage().deletePrefix("down");
    clear();
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
    for (AutoCloseable part : List.of(near, secure, far, minio, openDal, rclone, proxy, server)) {
      part.close();
    }
    Shell.run("rm", "-rf", work.toString());
  }
}
