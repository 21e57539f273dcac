package io.diskmap.testkit.contract;

import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.HttpFlightMeter;
import io.diskmap.testkit.fault.Trip;
import java.nio.file.Path;
import java.util.List;

/**
 * What the contract needs to know of a driver and the server behind it: one for a whole test class.
 *
 * <p>For one thread at a time.
 */
public interface DriverHarness extends AutoCloseable {
  /** The driver's name in the disk map. */
  String driver();

  /** The server or store, such as {@code ext4}, {@code openssh} or {@code undertow}. */
  String server();

  /** How it is set up, where there are several ways; {@code plain} otherwise. */
  default String variant() {
    return "plain";
  }

  /** The server's version. */
  String version();

  /** A place for a fresh, empty disk. */
  DiskPlace newPlace() throws Exception;

  /** The clauses that the store cannot hold. */
  default List<Deviation> deviations() {
    return List.of();
  }

  /**
   * The share of the rounds that look for rare failures which this variant runs: all of them for a
   * driver's main variant, a part for one that differs from it by its server alone.
   */
  default double share() {
    return 1;
  }

  /** Whether the results go into the conformance report. */
  default boolean isReported() {
    return true;
  }

  /** Whether a thread of this name belongs to a server in this process, not to the driver. */
  default boolean isServerThread(String name) {
    return false;
  }

  /** Whether an open file of this name belongs to a server in this process, not to the driver. */
  default boolean isServerFile(String target) {
    return false;
  }

  /** The heap, in MiB, within which the driver streams any file and lists any directory. */
  default int boundedHeapMebibytes() {
    return 64;
  }

  /** A place for a fresh, empty disk whose files lie below this directory of this machine. */
  default DiskPlace newPlaceIn(Path directory) throws Exception {
    throw new AssertionError("This contract is for stores that can lie in a given directory.");
  }

  /** Counts the requests in flight on a proxied line; the default knows HTTP only. */
  default FlightMeter flightMeter() {
    return new HttpFlightMeter();
  }

  /**
   * Options of the disk, as JSON members, with which one large file goes in eight requests at once
   * and more over a long line.
   */
  default List<String> optionsForALongLine() {
    return List.of();
  }

  /** Loses the store's next reply to such an exchange, once. */
  default Trip loseReply(FaultProxy proxy, Exchange exchange) {
    throw new AssertionError("The harness does not know how to lose the reply to " + exchange);
  }

  @Override
  default void close() throws Exception {}
}
