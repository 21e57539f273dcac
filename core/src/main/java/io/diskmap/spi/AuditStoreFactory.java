package io.diskmap.spi;

import java.io.IOException;

/**
 * Opens the audit store that a process writes to; found with {@link java.util.ServiceLoader}.
 *
 * <p>Thread-safe, with a public constructor without parameters.
 */
public interface AuditStoreFactory {
  /** Whether a store lies within this process or machine, where role web must not write. */
  boolean isEmbedded(String store);

  /**
   * Opens the store and makes it where it does not exist; what a process that died left open is
   * closed with outcome unknown.
   *
   * @throws IOException where it cannot be used; the message holds no secret
   */
  AuditStore open(AuditStoreRequest request) throws IOException;
}
