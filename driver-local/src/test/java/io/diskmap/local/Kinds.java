package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.diskmap.StorageException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The failure of a call that must fail. Stateless. */
final class Kinds {
  private Kinds() {}

  static StorageException of(ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(StorageException.class);
    return (StorageException) thrown;
  }
}
