package io.diskmap.local;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An open file that several threads share.
 *
 * <p>Thread-safe. Java closes a file channel under a thread that is interrupted; here only that
 * thread's call ends so, and the others go on with the file opened again. All access is positional
 * and repeats harmlessly.
 */
final class SharedChannel implements AutoCloseable {
  /** Opens the same file again. */
  @FunctionalInterface
  interface Opening {
    FileChannel open() throws IOException;
  }

  /** One access. */
  @FunctionalInterface
  interface Access<T> {
    T on(FileChannel channel) throws IOException;
  }

  private final Opening opening;
  private final ReentrantLock reopening = new ReentrantLock();
  private volatile FileChannel channel;
  private volatile boolean closed;

  SharedChannel(FileChannel opened, Opening opening) {
    this.channel = opened;
    this.opening = opening;
  }

  /** Runs one access, again where another thread's interrupt closed the channel under it. */
  <T> T use(Access<T> access) throws IOException {
    while (true) {
      FileChannel used = channel;
      try {
        return access.on(used);
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (ClosedChannelException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw new ClosedByInterruptException();
        }
        reopen(used, e);
      }
    }
  }

  private void reopen(FileChannel used, ClosedChannelException why) throws IOException {
    reopening.lock();
    try {
      if (closed) {
        throw why;
      }
      if (channel == used) {
        channel = opening.open();
      }
    } finally {
      reopening.unlock();
    }
  }

  /** Writes all of the buffer, however little the system takes at a time. */
  void write(ByteBuffer bytes, long position) throws IOException {
    int start = bytes.position();
    use(
        file -> {
          bytes.position(start);
          long at = position;
          while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
          }
          return at;
        });
  }

  /** Fills the buffer; how many bytes there were, less only at the end of the file. */
  int read(ByteBuffer target, long position) throws IOException {
    int start = target.position();
    return use(
        file -> {
          target.position(start);
          long at = position;
          while (target.hasRemaining()) {
            int count = file.read(target, at);
            if (count < 0) {
              break;
            }
            at += count;
          }
          return (int) (at - position);
        });
  }

  /** Fills the buffer; a shorter file is a failure. */
  void readFully(ByteBuffer target, long position) throws IOException {
    int wanted = target.remaining();
    if (read(target, position) < wanted) {
      throw new EOFException("the file ends early");
    }
  }

  void force() throws IOException {
    use(
        file -> {
          file.force(false);
          return 0;
        });
  }

  long size() throws IOException {
    return use(FileChannel::size);
  }

  @Override
  public void close() throws IOException {
    reopening.lock();
    try {
      closed = true;
      channel.close();
    } finally {
      reopening.unlock();
    }
  }
}
