package io.diskmap.testkit.fault;

/** The way bytes travel through a {@link FaultProxy}. A plain value for any thread. */
public enum Direction {
  /** From the driver under test to the server: requests. */
  TO_SERVER,
  /** From the server to the driver under test: replies. */
  TO_CLIENT;

  /** The other way. */
  public Direction opposite() {
    return this == TO_SERVER ? TO_CLIENT : TO_SERVER;
  }

  String label() {
    return this == TO_SERVER ? "to-server" : "to-client";
  }
}
