package io.diskmap.smb;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.StagedLeftovers;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.server.SambaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** SMB disks, each in a directory of its own of one Samba server, behind a fault proxy. */
final class SmbHarness implements DriverHarness {
  /** The variant on a share that the server lets nobody change. */
  static final String READ_ONLY = "read-only";

  private final SambaServer server;
  private final String variant;
  private final String members;
  private final AtomicInteger places = new AtomicInteger();
  private volatile Path current = Path.of("/");

  /**
   * A server over a fresh directory below this one.
   *
   * @param members further members of the disk's JSON object
   * @param lines further lines of the server's configuration
   */
  SmbHarness(Path below, String variant, String members, String... lines) {
    this.variant = variant;
    this.members = members;
    try {
      this.server = SambaServer.start(below, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String driver() {
    return "smb";
  }

  @Override
  public String server() {
    return "samba";
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public String version() {
    try {
      return SambaServer.version();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The other variants differ on the line alone. */
  @Override
  public double share() {
    return variant.equals("plain") ? 1 : 0.1;
  }

  @Override
  public List<Deviation> deviations() {
    return Deviations.SAMBA;
  }

  @Override
  public FlightMeter flightMeter() {
    return new SmbFlightMeter();
  }

  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    return LostReply.to(current, proxy);
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
      current = Files.createDirectory(server.files().resolve(root));
    }

    @Override
    public String json() {
      return json(variant.equals(READ_ONLY) ? SambaServer.READ_ONLY_SHARE : SambaServer.SHARE);
    }

    @Override
    public Optional<String> writableJson() {
      return variant.equals(READ_ONLY) ? Optional.of(json(SambaServer.SHARE)) : Optional.empty();
    }

    private String json(String share) {
      return """
      {"driver":"smb","host":"127.0.0.1","port":%d,"share":"%s","root":"%s",\
      "create_root":true,"username":"%s","password":"%s","replace_wait":"10s",\
      "wsize":"256KiB"%s}\
      """
          .formatted(
              proxy.port(),
              share,
              root,
              SambaServer.user(),
              SambaServer.PASSWORD,
              members.isEmpty() ? "" : "," + members);
    }

    @Override
    public List<String> staged(Storage storage) throws IOException {
      return StagedLeftovers.in(server.files().resolve(root));
    }

    /** The server sees at once what happens in it. */
    @Override
    public Optional<Path> directory() {
      return Optional.of(server.files().resolve(root));
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
