package io.diskmap.nfs.v4;

import io.diskmap.nfs.v4.Slots.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * One session with the server, from CREATE_SESSION until the server forgets it.
 *
 * <p>The list of doubtful slots is guarded by the client's lock; the rest is thread-safe.
 */
final class Session {
  final byte[] id;
  final long clientId;
  final int minorVersion;
  final SessionLimits limits;
  final Slots slots;

  /** Slots whose request nobody waits for any more and whose number may be used up. */
  final List<Slot> doubtful = new ArrayList<>();

  private volatile boolean dead;

  Session(byte[] id, long clientId, int minorVersion, SessionLimits limits) {
    this.id = id;
    this.clientId = clientId;
    this.minorVersion = minorVersion;
    this.limits = limits;
    this.slots = new Slots(limits.slots());
  }

  boolean isDead() {
    return dead;
  }

  /** The server has forgotten it: nobody gets a slot any more. */
  void die() {
    dead = true;
    slots.close();
  }
}
