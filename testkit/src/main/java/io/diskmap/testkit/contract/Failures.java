package io.diskmap.testkit.contract;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The failures of calls, as values to compare. Stateless. */
public final class Failures {
  private Failures() {}

  /** A call that may fail. */
  @FunctionalInterface
  public interface Action {
    /** Makes the call. */
    void run() throws Exception;
  }

  /** The kind with which the call fails; an {@link AssertionError} where it succeeds. */
  public static ErrorKind kindOf(Action action) {
    return of(action).kind();
  }

  /** The failure of the call; an {@link AssertionError} where it succeeds or fails otherwise. */
  public static StorageException of(Action action) {
    try {
      action.run();
    } catch (Exception e) {
      return storageException(e);
    }
    throw new AssertionError("The call succeeded where it must fail.");
  }

  /** The storage failure that this exception is or carries. */
  public static StorageException storageException(Throwable thrown) {
    Throwable failure = thrown;
    while (failure instanceof UncheckedIOException
        || failure instanceof ExecutionException
        || failure instanceof CompletionException) {
      failure = failure.getCause();
    }
    if (failure instanceof StorageException storage) {
      return storage;
    }
    throw new AssertionError("The call failed with no StorageException: " + thrown, thrown);
  }
}
