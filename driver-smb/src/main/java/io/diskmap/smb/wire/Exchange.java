package io.diskmap.smb.wire;

import io.diskmap.Cancellation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A compound that was sent, and what the server answers to each of its requests.
 *
 * <p>Thread-safe. Answers are decoded in the connection's thread while somebody waits; once nobody
 * does, no buffer of the caller is touched, and a file that is opened too late is closed again.
 */
final class Exchange {
  private static final int OPEN = -1;

  private final List<Request<?>> requests;
  private final int credits;
  private final long payload;
  private final @Nullable Object[] values;
  private final int[] statuses;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int left;
  private boolean abandoned;
  private @Nullable IOException failure;

  Exchange(List<Request<?>> requests, int credits, long payload) {
    this.requests = requests;
    this.credits = credits;
    this.payload = payload;
    this.values = new Object[requests.size()];
    this.statuses = new int[requests.size()];
    this.left = requests.size();
    java.util.Arrays.fill(statuses, OPEN);
  }

  int credits() {
    return credits;
  }

  long payload() {
    return payload;
  }

  int size() {
    return requests.size();
  }

  /** What an answer did. */
  record Progress(boolean isComplete, Optional<FileId> orphan) {}

  /** Takes the answer to one request. */
  Progress reply(int index, int status, ByteBuffer message) {
    lock.lock();
    try {
      if (statuses[index] != OPEN || failure != null) {
        return new Progress(false, Optional.empty());
      }
      Request<?> request = requests.get(index);
      statuses[index] = status;
      Optional<FileId> orphan = Optional.empty();
      if (request.isAnswer(status) && (!abandoned || request instanceof Create)) {
        try {
          values[index] = request.decode(message, status);
        } catch (SmbStatusException e) {
          failure = e;
        }
        if (abandoned && values[index] instanceof Create.Opened opened && !closesItself()) {
          orphan = Optional.of(opened.file());
        }
      }
      left--;
      if (left == 0 || failure != null) {
        changed.signalAll();
      }
      return new Progress(left == 0, orphan);
    } finally {
      lock.unlock();
    }
  }

  private boolean closesItself() {
    return requests.get(requests.size() - 1) instanceof Close;
  }

  /** Ends the exchange without an answer. */
  void fail(IOException why) {
    lock.lock();
    try {
      if (failure == null && left > 0) {
        failure = why;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for all answers; false once the time is over. */
  boolean await(Patience patience) throws IOException {
    if (isDone()) {
      return true;
    }
    try (Cancellation.Registration ending = patience.call().onEnd(this::wake)) {
      lock.lock();
      try {
        while (left > 0 && failure == null) {
          if (patience.isOver()) {
            return false;
          }
          changed.await(Math.max(1, patience.nextNanos()), TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        patience.call().check();
        throw new IllegalStateException("an interrupted call goes on", e);
      } finally {
        lock.unlock();
      }
    }
    return isDone();
  }

  private boolean isDone() throws IOException {
    lock.lock();
    try {
      if (failure instanceof SmbStatusException status) {
        throw new SmbStatusException(status.command(), status.status());
      }
      if (failure instanceof ConnectionLostException lost) {
        throw new ConnectionLostException(String.valueOf(lost.getMessage()), lost, lost.isSent());
      }
      if (failure != null) {
        throw failure;
      }
      return left == 0;
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Gives up waiting; answers the file that was opened already and that nobody closes. */
  Optional<FileId> abandon() {
    lock.lock();
    try {
      abandoned = true;
      return !closesItself() && values[0] instanceof Create.Opened opened
          ? Optional.of(opened.file())
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The status of one request. */
  int status(int index) {
    lock.lock();
    try {
      return statuses[index];
    } finally {
      lock.unlock();
    }
  }

  /** What one request was answered. */
  Object value(int index) throws SmbStatusException {
    lock.lock();
    try {
      Object value = values[index];
      if (value == null) {
        throw new SmbStatusException(requests.get(index).command().name(), statuses[index]);
      }
      return value;
    } finally {
      lock.unlock();
    }
  }

  int indexOf(Request<?> request) {
    int index = requests.indexOf(request);
    if (index >= 0) {
      return index;
    }
    throw new IllegalArgumentException("the request is none of this compound");
  }
}
