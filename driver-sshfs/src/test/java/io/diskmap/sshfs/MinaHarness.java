package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Capabilities.Atomicity;
import io.diskmap.Durability;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.ServerControl;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.Trip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** SFTP disks on a server that has nothing beyond version 3 of the protocol. */
final class MinaHarness implements DriverHarness {
  private final MinaServer server;
  private final AtomicInteger places = new AtomicInteger();
  private volatile Path last;

  MinaHarness() {
    try {
      this.server = new MinaServer();
      this.last = server.files();
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
    return "mina-sshd";
  }

  @Override
  public String variant() {
    return "sftp-v3";
  }

  @Override
  public String version() {
    return "2.16.0";
  }

  @Override
  public double share() {
    return 0.2;
  }

  @Override
  public List<Deviation> deviations() {
    String several = "A server without posix-rename@openssh.com replaces in several steps.";
    return List.of(
        Deviations.NAME_NOT_DURABLE,
        new Deviation(
            "S6:content",
            "A server without fsync@openssh.com makes nothing durable.",
            disk -> {
              requireMissing(SftpExtensions.FSYNC);
              assertThat(disk.capabilities().durability()).isEqualTo(Durability.NONE);
            }),
        new Deviation(
            "S3:if-absent",
            "A server without hardlink@openssh.com has no step that refuses an existing name.",
            disk -> {
              requireMissing(SftpExtensions.HARDLINK);
              assertThat(disk.capabilities().createCondition()).isEqualTo(Atomicity.NONE);
            }),
        new Deviation("S1:replace", several, this::requireNoReplace),
        new Deviation("S10", several, this::requireNoReplace));
  }

  private void requireNoReplace(TestDisk disk) throws Exception {
    requireMissing(SftpExtensions.POSIX_RENAME);
    assertThat(disk.capabilities().atomicMove()).isFalse();
    try (RawSftp raw = new RawSftp(server)) {
      assertThat(raw.renameOverAFile()).as("a plain RENAME over a file").isNotEqualTo(Sftp.OK);
    }
  }

  /** The server refuses a raw request of the extension. */
  private void requireMissing(String extension) throws Exception {
    try (RawSftp raw = new RawSftp(server)) {
      assertThat(raw.extended(extension)).as(extension).isEqualTo(Sftp.OP_UNSUPPORTED);
    }
  }

  /** The readers of the server's process. */
  @Override
  public boolean isServerThread(String name) {
    return name.startsWith("child-jvm-");
  }

  /** The pipes of the server's process. */
  @Override
  public boolean isServerFile(String target) {
    return target.contains("pipe:[");
  }

  @Override
  public DiskPlace newPlace() throws IOException {
    String name = "place-" + places.incrementAndGet();
    Path directory = Files.createDirectory(server.files().resolve(name));
    last = directory;
    SshDisk disk =
        SshDisk.to("127.0.0.1", server.port(), MinaServer.USER)
            .with("password", MinaServer.PASSWORD)
            .with("root", "/" + name)
            .with("host_key", server.fingerprint())
            .with("chunk_size", "256KiB")
            .with("allow_non_atomic_replace", true);
    return new Line(disk, server.port(), directory, new Control());
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
  public void close() throws IOException {
    server.close();
  }

  private final class Control implements ServerControl {
    @Override
    public void kill() throws IOException, InterruptedException {
      server.kill();
    }

    @Override
    public void start() throws IOException, InterruptedException {
      server.start();
    }
  }
}
