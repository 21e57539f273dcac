package io.diskmap.internal.pipeline;

import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the caller's source, and interrupts a read that blocks when the call is ended.
 *
 * <p>For one thread; the end of the call may come from any. The thread's interrupt flag is as
 * before when a read returns, unless somebody else interrupted it.
 */
final class SourceReads implements AutoCloseable {
  private final ReadableByteChannel source;
  private final Call call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Cancellation.Registration registration;
  private @Nullable Thread reading;
  private boolean interrupted;

  SourceReads(ReadableByteChannel source, Call call) {
    this.source = source;
    this.call = call;
    this.registration = call.onEnd(this::interrupt);
  }

  /** The source as a local file, where it is one. */
  Optional<FileChannel> file() {
    return source instanceof FileChannel file ? Optional.of(file) : Optional.empty();
  }

  /** Goes on at this offset of a local file. */
  void skipTo(long offset) throws StorageException {
    try {
      file().orElseThrow().position(offset);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Fills the buffer; false once the source has ended.
   *
   * @throws StorageException SOURCE_FAILED around the source's exception, or the end of the call
   */
  boolean fill(ByteBuffer target) throws StorageException {
    while (target.hasRemaining()) {
      call.check();
      if (read(target) < 0) {
        return false;
      }
    }
    return true;
  }

  private int read(ByteBuffer target) throws StorageException {
    begin();
    IOException failure;
    try {
      return source.read(target);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new IOException(e);
    } finally {
      end();
    }
    call.check();
    throw failed(failure);
  }

  private static StorageException failed(IOException cause) {
    return StorageException.of(
        ErrorKind.SOURCE_FAILED, "The source of the content failed; nothing was saved.", cause);
  }

  private void begin() {
    lock.lock();
    try {
      reading = Thread.currentThread();
      if (call.isEnded()) {
        interrupted = true;
        reading.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      reading = null;
      if (interrupted) {
        interrupted = false;
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  private void interrupt() {
    lock.lock();
    try {
      if (reading != null) {
        interrupted = true;
        reading.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    registration.close();
  }
}
