package io.diskmap.testkit.fault;

/** How a {@link FaultProxy} ends a connection. A plain value for any thread. */
public enum Ending {
  /** An orderly close: the peer reads end of stream after the bytes already passed on. */
  FIN,
  /** A reset (RST, as from a host that lost its state): the peer's next call fails. */
  RESET
}
