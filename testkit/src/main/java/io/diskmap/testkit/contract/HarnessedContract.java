package io.diskmap.testkit.contract;

/** A contract that a driver's test class takes up by giving its harness. For one thread. */
public interface HarnessedContract {
  /** The driver and the server under test; asked for once for the class. */
  DriverHarness harness();
}
