package io.diskmap.sshfs;

import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** SFTP disks, each in a directory of its own of one OpenSSH server, behind a fault proxy. */
final class SshHarness implements DriverHarness {
  private final OpenSshServer server;
  private final String variant;
  private final UnaryOperator<SshDisk> login;
  private final AtomicInteger places = new AtomicInteger();
  private volatile Path last;

  private SshHarness(OpenSshServer server, String variant, UnaryOperator<SshDisk> login) {
    this.server = server;
    this.variant = variant;
    this.login = login;
    this.last = server.files();
  }

  /** The user of the tests, by key, against the SFTP server's own program. */
  static SshHarness plain() {
    try {
      return new SshHarness(OpenSshServer.launch(), "plain", disk -> disk);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A user who is confined to a directory and logs in with a password. */
  static SshHarness chroot() {
    try {
      String password = "Pw-" + System.nanoTime();
      return new SshHarness(
          OpenSshServer.launchConfined(password),
          "chroot",
          disk -> disk.without("identity_file").with("password", password));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String driver() {
    return "sshfs";
  }

  @Override
  public String server() {
    return "openssh";
  }

  @Override
  public String variant() {
    return variant;
  }

  @Override
  public String version() {
    try {
      return OpenSshServer.version();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public double share() {
    return variant.equals("plain") ? 1 : 0.2;
  }

  @Override
  public List<Deviation> deviations() {
    return List.of(Deviations.NAME_NOT_DURABLE);
  }

  @Override
  public DiskPlace newPlace() throws IOException {
    String name = "place-" + places.incrementAndGet();
    Path directory = Files.createDirectory(server.files().resolve(name));
    Files.setOwner(directory, Files.getOwner(server.files()));
    last = directory;
    return place(server.root() + "/" + name, directory);
  }

  @Override
  public DiskPlace newPlaceIn(Path directory) throws IOException {
    return place(directory.toString(), directory);
  }

  private DiskPlace place(String root, Path directory) throws IOException {
    SshDisk disk =
        SshDisk.on(server)
            .through(server.port(), server)
            .with("root", root)
            .with("chunk_size", "256KiB");
    return new Line(login.apply(disk), server.port(), directory, new Control());
  }

  @Override
  public boolean isServerFile(String target) {
    return target.contains("pipe:[");
  }

  @Override
  public FlightMeter flightMeter() {
    return new SshFlightMeter();
  }

  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    return LostReply.arm(proxy, last);
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Control implements ServerControl {
    @Override
    public void kill() throws InterruptedException {
      server.kill();
    }

    @Override
    public void start() throws IOException, InterruptedException {
      server.start();
    }
  }
}
