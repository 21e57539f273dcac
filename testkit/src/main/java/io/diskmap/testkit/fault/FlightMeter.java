package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;

/**
 * A count of what is under way between driver and server, fed by a {@link FaultProxy} with the
 * bytes of both directions. Implementations are for any thread; one meter serves all connections of
 * one proxy.
 *
 * <p>A meter counts as the driver sees it: a request is under way from the moment its bytes enter
 * the proxy until the last byte of its reply is about to leave it, so an added delay counts as time
 * under way.
 */
public interface FlightMeter {
  /** What is under way now, over all connections. */
  long current();

  /** The most that was ever under way at once. */
  long peak();

  /** Begins the account of a new connection. */
  Flight connected();

  /**
   * The account of one connection. Each pair of method and direction is called by one thread at a
   * time, the four pairs by different threads at once.
   */
  interface Flight {
    /** Bytes have come from the sender of this direction; the view is valid during the call. */
    void entered(Direction direction, ByteBuffer data);

    /** Bytes are about to go to the receiver of this direction; valid during the call. */
    void left(Direction direction, ByteBuffer data);

    /** The connection has ended, nothing of it is under way any longer; called once. */
    void closed();
  }
}
