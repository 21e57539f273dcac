package io.diskmap.sshfs;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A socket that knows when the peer last sent anything. Thread-safe as a socket is. */
final class TrackedSocket extends Socket {
  /** Small packets come many at a time; the library would ask for each of them twice. */
  private static final int READ_AT_ONCE = 32 * 1024;

  private final long bornNanos = System.nanoTime();
  private volatile long lastReceivedNanos = bornNanos;
  private volatile @Nullable InputStream tracked;

  /** When the peer last sent anything, or when the socket was made. */
  long lastReceivedNanos() {
    return lastReceivedNanos;
  }

  /** How long ago it was made. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - bornNanos);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    InputStream known = tracked;
    if (known == null) {
      known = new BufferedInputStream(new Tracking(super.getInputStream()), READ_AT_ONCE);
      tracked = known;
    }
    return known;
  }

  /** Drops the connection and what was not sent yet, whoever is blocked in it. */
  void abort() {
    try {
      setSoLinger(true, 0);
    } catch (IOException closedAlready) {
      lastReceivedNanos = System.nanoTime();
    }
    try {
      close();
    } catch (IOException closedAlready) {
      lastReceivedNanos = System.nanoTime();
    }
  }

  private final class Tracking extends FilterInputStream {
    Tracking(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      lastReceivedNanos = System.nanoTime();
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      lastReceivedNanos = System.nanoTime();
      return count;
    }
  }
}
