package io.diskmap.nfs;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.StagedLeftovers;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.RpcFlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.server.GaneshaServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** NFS disks, each in a directory of its own of one nfs-ganesha server, behind a fault proxy. */
final class NfsHarness implements DriverHarness {
  private static final String SAVE_AND_GO = "\u0000\u0000\u0000\u0020\u0000\u0000\u0000\u0016";
  private static final String RESTORE_AND_REMOVE =
      "\u0000\u0000\u0000\u001f\u0000\u0000\u0000\u001c";

  private final GaneshaServer server;
  private final String variant;
  private final double share;
  private final AtomicInteger places = new AtomicInteger();

  /** A server over a fresh directory below this one. */
  NfsHarness(Path below, String variant, double share) {
    this.variant = variant;
    this.share = share;
    try {
      this.server = GaneshaServer.start(below, Duration.ofSeconds(2), Duration.ofSeconds(10));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String driver() {
    return "nfs";
  }

  @Override
  public String server() {
    return "ganesha";
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public double share() {
    return share;
  }

  @Override
  public String version() {
    try {
      return GaneshaServer.version();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public FlightMeter flightMeter() {
    return new RpcFlightMeter();
  }

  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    String last = exchange == Exchange.DELETE ? RESTORE_AND_REMOVE : SAVE_AND_GO;
    return proxy.dropReplyTo(last, Ending.RESET);
  }

  @Override
  public DiskPlace newPlace() throws IOException {
    return new Place("place-" + places.incrementAndGet());
  }

  /** The pipes to the server's process. */
  @Override
  public boolean isServerFile(String target) {
    return target.contains("pipe:[");
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Place implements DiskPlace {
    private final String root;
    private final FaultProxy proxy;

    Place(String root) throws IOException {
      this.root = root;
      this.proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @Override
    public String json() {
      return """
          {"driver":"nfs","host":"127.0.0.1","port":%d,"export":"%s","root":"%s",\
          "create_root":true,"uid":0,"gid":0,"wsize":"256KiB"}"""
          .formatted(proxy.port(), server.export(), root);
    }

    @Override
    public List<String> staged(Storage storage) throws IOException {
      return StagedLeftovers.in(server.files().resolve(root));
    }

    @Override
    public Optional<FaultProxy> proxy() {
      return Optional.of(proxy);
    }

    @Override
    public Optional<ServerControl> server() {
      return Optional.of(
          new ServerControl() {
            @Override
            public void kill() throws InterruptedException {
              server.kill();
            }

            @Override
            public void start() throws IOException, InterruptedException {
              server.start();
            }
          });
    }

    @Override
    public void close() throws IOException {
      proxy.close();
    }
  }
}
