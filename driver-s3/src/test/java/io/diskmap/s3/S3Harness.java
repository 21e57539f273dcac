package io.diskmap.s3;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Disks on one S3 server, a bucket each. For one thread. */
final class S3Harness implements DriverHarness {
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final S3Server server;
  private final S3Admin admin;
  private final String variant;
  private final List<Deviation> deviations;
  private final List<String> options;

  S3Harness(S3Server server, String variant, List<Deviation> deviations, String... options) {
    this.server = server;
    this.admin = new S3Admin(server);
    this.variant = variant;
    this.deviations = deviations;
    this.options = List.of(options);
    admin.client().listBuckets();
  }

  @Override
  public String driver() {
    return "s3";
  }

  @Override
  public String server() {
    return server.name();
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public List<String> optionsForALongLine() {
    return List.of("\"parallelism\":16");
  }

  @Override
  public String version() {
    return server.version();
  }

  @Override
  public List<Deviation> deviations() {
    return deviations;
  }

  /** All rounds on the server that comes with the tests, a part of them on those that do not. */
  @Override
  public double share() {
    return server.name().equals("s3proxy") ? 1 : 0.4;
  }

  @Override
  public DiskPlace newPlace() throws Exception {
    String bucket = "diskmap-" + ProcessHandle.current().pid() + "-" + BUCKETS.incrementAndGet();
    admin.createBucket(bucket);
    URI endpoint = server.endpoint();
    return new Place(bucket, FaultProxy.to(endpoint.getHost(), endpoint.getPort()));
  }

  /** The driver goes through the proxy; straight to the server go the proxy and the admin. */
  @Override
  public boolean isServerFile(String target) {
    return target.contains(" to " + server.endpoint().getPort() + " ");
  }

  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    return proxy.dropReplyTo(
        switch (exchange) {
          case PUT, COPY, MOVE -> "PUT /";
          case COMMIT -> "<CompleteMultipartUpload";
          case DELETE -> "DELETE /";
        },
        Ending.RESET);
  }

  /** The disk map's object for a bucket. */
  static String json(S3Server server, URI endpoint, String bucket, List<String> options) {
    StringBuilder json =
        new StringBuilder(
            """
            {"driver":"s3","bucket":"%s","endpoint":"%s","access_key":"%s","secret_key":"%s","part_size":"5MiB\"\
            """
                .formatted(bucket, endpoint, server.accessKey(), server.secretKey()));
    options.forEach(option -> json.append(',').append(option));
    return json.append('}').toString();
  }

  private final class Place implements DiskPlace {
    private final String bucket;
    private final FaultProxy proxy;

    Place(String bucket, FaultProxy proxy) {
      this.bucket = bucket;
      this.proxy = proxy;
    }

    @Override
    public String json() {
      URI endpoint = URI.create("http://127.0.0.1:" + proxy.port());
      return S3Harness.json(server, endpoint, bucket, options);
    }

    @Override
    public List<String> staged(Storage storage) {
      return admin.staged(bucket);
    }

    @Override
    public Optional<FaultProxy> proxy() {
      return Optional.of(proxy);
    }

    @Override
    public Optional<ServerControl> server() {
      return Optional.of(new Door(proxy));
    }

    @Override
    public void close() throws Exception {
      proxy.close();
      admin.removeBucket(bucket);
    }
  }

  /** The server's door: shut, it refuses connections and has ended all; what it holds stays. */
  private record Door(FaultProxy proxy) implements ServerControl {
    @Override
    public void kill() throws Exception {
      proxy.refuse();
      proxy.resetAll();
    }

    @Override
    public void start() throws Exception {
      proxy.accept();
    }
  }

  @Override
  public void close() throws Exception {
    admin.close();
    server.close();
  }
}
