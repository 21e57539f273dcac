package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** A real storage whose connection dies after so many chunks, or saved files. Thread-safe. */
final class BreakingStorage {
  private final Storage storage;
  private final AtomicInteger chunks = new AtomicInteger();
  private final AtomicInteger published = new AtomicInteger();
  private final int mostChunks;
  private final int mostPublished;

  BreakingStorage(Storage real, int mostChunks) {
    this(real, mostChunks, Integer.MAX_VALUE);
  }

  BreakingStorage(Storage real, int mostChunks, int mostPublished) {
    this.mostChunks = mostChunks;
    this.mostPublished = mostPublished;
    this.storage = wrap(Storage.class, real);
  }

  Storage storage() {
    return storage;
  }

  /** How many chunks went through. */
  int chunks() {
    return chunks.get();
  }

  private <T> T wrap(Class<T> type, Object real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(real, method, arguments)));
  }

  private Object call(Object real, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "write" -> {
        if (real instanceof Upload) {
          spend(chunks, mostChunks);
        }
      }
      case "save", "commit" -> spend(published, mostPublished);
      default -> {}
    }
    Object result;
    try {
      result = method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (result instanceof Storage view) {
      return wrap(Storage.class, view);
    }
    return result instanceof Upload upload ? wrap(Upload.class, upload) : result;
  }

  private static void spend(AtomicInteger counter, int most) throws StorageException {
    int before = counter.getAndUpdate(n -> Math.min(n + 1, most));
    if (before >= most) {
      throw StorageException.of(ErrorKind.UNAVAILABLE, "The connection is dead.");
    }
  }
}
