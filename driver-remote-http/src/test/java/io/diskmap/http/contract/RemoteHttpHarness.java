package io.diskmap.http.contract;

import io.diskmap.http.Certificates;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import io.diskmap.testkit.contract.Exchange;
import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.HttpFlightMeter;
import io.diskmap.testkit.fault.Trip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Remote disks behind one door of the services server, whose disk is a local directory. */
final class RemoteHttpHarness implements DriverHarness {
  /** The share of rounds of the doors that differ from the engine's alone by their way in. */
  private static final double FURTHER = 0.2;

  private final Door door;
  private final Path temp;
  private final Optional<Certificates> certificates;
  private final LostReplies lost = new LostReplies();

  RemoteHttpHarness(Door door) {
    this.door = door;
    try {
      this.temp = Files.createTempDirectory("diskmap-door-");
      this.certificates =
          door == Door.TLS ? Optional.of(Certificates.make(temp, "ec pkcs8")) : Optional.empty();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public String driver() {
    return "remote-http";
  }

  @Override
  public String server() {
    return door.server();
  }

  @Override
  public String variant() {
    return door.variant();
  }

  @Override
  public List<String> optionsForALongLine() {
    return List.of("\"parallel\":16");
  }

  @Override
  public String version() {
    return door.version();
  }

  @Override
  public double share() {
    return door == Door.ENGINE ? 1 : FURTHER;
  }

  /** Threads of the engines, and those of OkHttp's that the whole process shares for a minute. */
  @Override
  public boolean isServerThread(String name) {
    return name.startsWith("diskmap-http I/O")
        || name.startsWith("diskmap-http Accept")
        || name.startsWith("diskmap-http task")
        || name.startsWith("diskmap-server-work")
        || name.startsWith("qtp")
        || name.startsWith("Scheduler-")
        || name.startsWith("OkHttp TaskRunner")
        || name.startsWith("Okio Watchdog");
  }

  @Override
  public FlightMeter flightMeter() {
    return door == Door.TLS ? new TlsFlightMeter() : new HttpFlightMeter();
  }

  /** By the text of the request; within TLS when the server begins what was asked. */
  @Override
  public Trip loseReply(FaultProxy proxy, Exchange exchange) {
    if (door == Door.TLS) {
      return lost.next(
          switch (exchange) {
            case PUT -> "save";
            case COMMIT, COPY, MOVE -> "upload.commit";
            case DELETE -> "delete";
          },
          proxy);
    }
    String request =
        switch (exchange) {
          case PUT -> "PUT /internal/storage/upload?";
          case COMMIT, COPY, MOVE -> "phase=complete";
          case DELETE -> "POST /internal/storage/delete?";
        };
    return proxy.dropReplyTo(request, Ending.RESET);
  }

  @Override
  public DiskPlace newPlace() throws Exception {
    return newPlaceIn(Path.of(System.getProperty("java.io.tmpdir")));
  }

  @Override
  public DiskPlace newPlaceIn(Path directory) throws Exception {
    Path root = Files.createTempDirectory(directory, "diskmap-remote-");
    return new RemotePlace(root, door, certificates, lost);
  }

  @Override
  public void close() throws Exception {
    TestDisk.removeTree(temp);
  }
}
