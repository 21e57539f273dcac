package io.diskmap.smb;

import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Patience;
import io.diskmap.smb.wire.SetInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the server from dating a staged file by itself when it closes a handle on which was
 * written.
 *
 * <p>Thread-safe. A server closes the handles of a process that was killed when it learns of that,
 * which can be after another process has published the file. A handle on which a time was set once
 * leaves the time alone. It has to be another time than the one before, so it is the next that can
 * be told.
 */
final class Dating {
  /** Of a file that the server dates as usual. */
  static final Dating USUAL = new Dating(Instant.EPOCH, false);

  private final Instant time;
  private final boolean kept;
  private final Set<Handles.Handle> held = ConcurrentHashMap.newKeySet();

  private Dating(Instant time, boolean kept) {
    this.time = time;
    this.kept = kept;
  }

  /** Of a file that was just opened, or made. */
  static Dating of(String name, FileInfo info) {
    boolean staged = SmbAside.isStaged(name);
    return new Dating(info.modified().plusNanos(FileInfo.TICK_NANOS), staged);
  }

  /** Lets a handle leave the time alone; the request goes ahead of those that write. */
  void hold(Handles.Handle handle, Patience patience) throws IOException {
    if (kept && held.add(handle)) {
      handle.connection().start(patience, SetInfo.modified(handle.file(), time)).end();
    }
  }

  /** Whether the handles of the file leave its time alone, so that its end takes another one. */
  boolean isHeld() {
    return !held.isEmpty();
  }
}
