package io.diskmap.sshfs;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.server.OpenSshServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** SFTP disks, each in a directory of its own of one OpenSSH server, behind a fault proxy. */
final class SshHarness implements DriverHarness {
  private final OpenSshServer server;
  private final Path lossy;
  private final String variant;
  private final String login;
  private final AtomicInteger places = new AtomicInteger();

  private SshHarness(OpenSshServer server, Path lossy, String variant, String login) {
    this.server = server;
    this.lossy = lossy;
    this.variant = variant;
    this.login = login;
  }

  /**
   * The user of the tests, by key, against the SFTP server's own program, which can lose replies.
   */
  static SshHarness plain() {
    try (InputStream script = SshHarness.class.getResourceAsStream("lossy-sftp-server.pl")) {
      Path lossy = Files.createTempDirectory("diskmap-lossy-");
      Path program = lossy.resolve("lossy-sftp-server.pl");
      Files.write(program, Objects.requireNonNull(script).readAllBytes());
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      OpenSshServer server = OpenSshServer.launch("Subsystem sftp " + program);
      return new SshHarness(
          server, lossy, "plain", "\"identity_file\":\"" + server.identity() + "\"");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A user who is confined to a directory and logs in with a password. */
  static SshHarness chroot() {
    try {
      String password = "Pw-" + System.nanoTime();
      OpenSshServer server = OpenSshServer.launchConfined(password);
      return new SshHarness(server, server.files(), "chroot", "\"password\":\"" + password + "\"");
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
  public List<Deviation> deviations() {
    return List.of(Deviations.NAME_NOT_DURABLE);
  }

  @Override
  public DiskPlace newPlace() throws IOException {
    String name = "place-" + places.incrementAndGet();
    Path directory = Files.createDirectory(server.files().resolve(name));
    UserPrincipal owner = Files.getOwner(server.files());
    Files.setOwner(directory, owner);
    return new Place(name, directory);
  }

  @Override
  public boolean isServerFile(String target) {
    return target.contains("pipe:[");
  }

  @Override
  public FlightMeter flightMeter() {
    return new SshFlightMeter();
  }

  /** The line is encrypted, so the program at its end loses the reply. */
  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    Path lost = lossy.resolve("lost");
    try {
      Files.deleteIfExists(lost);
      Path asked = lossy.resolve("asked");
      Files.writeString(asked, exchange == Exchange.DELETE ? "REMOVE" : "RENAME");
      Files.move(asked, lossy.resolve("lose"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Trip.seenBy("the lost reply to " + exchange, () -> Files.exists(lost));
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (!lossy.equals(server.files())) {
      TestDisk.removeTree(lossy);
    }
  }

  private final class Place implements DiskPlace {
    private final String name;
    private final Path directory;
    private final FaultProxy proxy;

    Place(String name, Path directory) throws IOException {
      this.name = name;
      this.directory = directory;
      this.proxy = FaultProxy.to("127.0.0.1", server.port());
    }

    @Override
    public String json() {
      return """
          {"driver":"sshfs","host":"127.0.0.1","port":%d,"username":"%s","root":"%s/%s",\
          "host_key":"%s","chunk_size":"256KiB",%s}"""
          .formatted(
              proxy.port(),
              server.user(),
              server.root(),
              name,
              Fingerprints.of(server.hostKey("ed25519")),
              login);
    }

    @Override
    public List<String> staged(Storage storage) throws IOException {
      return Leftovers.in(directory);
    }

    @Override
    public Optional<Path> directory() {
      return Optional.of(directory);
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
