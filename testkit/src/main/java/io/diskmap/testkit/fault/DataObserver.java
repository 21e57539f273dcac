package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;

/**
 * A look at the bytes of one direction before the proxy passes them on. Called by the reading
 * thread of each connection, so by several threads at once; a call that takes long holds up its own
 * connection only.
 */
@FunctionalInterface
public interface DataObserver {
  /**
   * Sees bytes that have come from the sender and have not been passed on yet.
   *
   * @param connection the connection they belong to; faults set on it here hold for these bytes too
   * @param data a read-only view, valid during the call
   */
  void data(ProxiedConnection connection, ByteBuffer data);
}
