package io.diskmap.testkit.contract;

import io.diskmap.Content;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;

/** Sources of content that misbehave. Stateless. */
public final class Sources {
  private Sources() {}

  /** A stream that gives these bytes and then throws. */
  public static InputStream failingAfter(byte[] bytes, IOException failure) {
    return then(
        bytes,
        () -> {
          throw failure;
        });
  }

  /** A stream that gives these bytes and then does something before its end. */
  public static InputStream then(byte[] bytes, Step step) {
    ByteArrayInputStream given = new ByteArrayInputStream(bytes);
    return new InputStream() {
      private boolean done;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = given.read(target, offset, length);
        if (count < 0 && !done) {
          done = true;
          step.run();
        }
        return count;
      }
    };
  }

  /**
   * A stream that gives these bytes, then blocks until the latch opens or its thread is
   * interrupted.
   */
  public static InputStream blockingAfter(byte[] bytes, CountDownLatch blocked, CountDownLatch go) {
    return then(
        bytes,
        () -> {
          blocked.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
          }
        });
  }

  /** Content of a stream of unknown length. */
  public static Content unknownLength(byte[] bytes) {
    return Content.of(new ByteArrayInputStream(bytes));
  }

  /** What a stream does at the end of its bytes. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws IOException;
  }
}
