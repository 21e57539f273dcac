package io.diskmap.spi;

import io.diskmap.AuditSink;
import io.diskmap.AuditTrail;

/**
 * A sink that keeps what it is told, and the trail that it makes.
 *
 * <p>Thread-safe. Closing it writes what is waiting and takes nothing more.
 */
public interface AuditStore extends AuditSink {
  /** What was kept so far, by every writer of the same store. */
  AuditTrail trail();
}
