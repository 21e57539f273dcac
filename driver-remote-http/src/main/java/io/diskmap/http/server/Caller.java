package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.ServerSection;
import io.diskmap.StoragePath;
import io.diskmap.http.server.exchange.Refusal;

/**
 * Who makes a call, and what the key opens. Immutable.
 *
 * @param keyId the id of the key, never the key
 * @param key what it opens
 * @param context what the audit record will hold
 */
record Caller(String keyId, ServerSection.Key key, CallContext context) {
  /** Refuses a disk that the key does not open. */
  void requireDisk(String disk) throws Refusal {
    if (!key.opens(disk)) {
      throw Refusal.forbidden();
    }
  }

  /** Refuses a path or prefix that the key does not open. */
  void requirePath(StoragePath path) throws Refusal {
    if (!key.opens(path)) {
      throw Refusal.forbidden();
    }
  }

  /** Refuses a change with a key that opens none. */
  void requireChange() throws Refusal {
    if (key.readOnly()) {
      throw Refusal.readOnly();
    }
  }
}
