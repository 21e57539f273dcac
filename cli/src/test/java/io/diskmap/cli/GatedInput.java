package io.diskmap.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** A source that gives half of its zeros, then waits until it is opened for the rest. */
final class GatedInput extends InputStream {
  private final int half;
  private final CountDownLatch read = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private int given;

  GatedInput(int length) {
    this.half = length / 2;
  }

  /** Waits until the first half was taken. */
  void awaitRead() {
    try {
      read.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the second half go. */
  void open() {
    opened.countDown();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : 0;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (given == half) {
      read.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    int end = given < half ? half : 2 * half;
    int count = Math.min(length, end - given);
    given += count;
    return count == 0 ? -1 : count;
  }
}
