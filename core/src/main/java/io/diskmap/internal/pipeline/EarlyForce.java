package io.diskmap.internal.pipeline;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the system write a large local file to the disk while it still grows, so that little is
 * left to wait for at its end, and the machine's memory does not fill with what is not written yet.
 *
 * <p>Thread-safe. It has the file open for itself: what it meets, the force at the end meets too.
 */
final class EarlyForce implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyForce.class);
  static final long STEP = 16 << 20;

  /** From this length on: what is left of a shorter file is soon written at its end. */
  static final long LARGE = 512L << 20;

  private static final long LOOK_MILLIS = 20;

  private final Opening opening;
  private final CountDownLatch over = new CountDownLatch(1);

  /** A file that another thread makes longer. */
  interface Growing extends Closeable {
    long size() throws IOException;

    void force() throws IOException;
  }

  /** Opens the file. */
  @FunctionalInterface
  interface Opening {
    Growing open() throws IOException;
  }

  private record OpenFile(FileChannel channel) implements Growing {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private EarlyForce(Opening opening) {
    this.opening = opening;
  }

  /** Begins where so many bytes are worth it. */
  static EarlyForce of(Path file, long bytes, Executor workers) {
    return of(
        () ->
            new OpenFile(
                FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)),
        bytes,
        workers);
  }

  static EarlyForce of(Opening opening, long bytes, Executor workers) {
    EarlyForce force = new EarlyForce(opening);
    if (bytes >= LARGE) {
      try {
        workers.execute(force::run);
      } catch (RejectedExecutionException closing) {
        LOG.debug("the manager closes; the file is forced at its end");
      }
    }
    return force;
  }

  private void run() {
    try (Growing file = opening.open()) {
      long forced = file.size();
      while (!over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        long size = file.size();
        if (size - forced >= STEP) {
          file.force();
          forced = size;
        }
      }
    } catch (IOException e) {
      LOG.debug("the file is forced at its end only", e);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it; a force that is on its way is not waited for. */
  @Override
  public void close() {
    over.countDown();
  }
}
