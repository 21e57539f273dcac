package io.diskmap.testkit.contract;

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

  /** Whether a thread of this name belongs to a server in this process, not to the driver. */
  default boolean isServerThread(String name) {
    return false;
  }

  /** Whether an open file of this name belongs to a server in this process, not to the driver. */
  default boolean isServerFile(String target) {
    return false;
  }

  @Override
  default void close() throws Exception {}
}
