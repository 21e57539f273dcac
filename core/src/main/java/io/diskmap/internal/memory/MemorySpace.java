package io.diskmap.internal.memory;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that published and staged files take of a disk's capacity. Thread-safe. */
final class MemorySpace {
  private final long capacity;
  private final AtomicLong used = new AtomicLong();

  MemorySpace(long capacity) {
    this.capacity = capacity;
  }

  void take(long bytes) throws StorageException {
    long now = used.get();
    do {
      if (bytes > capacity - now) {
        throw StorageException.of(
            ErrorKind.NO_SPACE,
            "The memory disk is full; delete files or raise its option capacity.");
      }
    } while (!used.weakCompareAndSetVolatile(now, now + bytes) && (now = used.get()) >= 0);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
