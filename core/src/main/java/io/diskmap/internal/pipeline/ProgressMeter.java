package io.diskmap.internal.pipeline;

import io.diskmap.CallOptions;
import io.diskmap.Progress;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells a caller how far its transfer is, at most four times a second. For one thread. */
final class ProgressMeter {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final @Nullable Consumer<Progress> consumer;
  private final OptionalLong total;
  private long nextNanos;

  ProgressMeter(CallOptions options, OptionalLong total) {
    this.consumer = options.onProgress().orElse(null);
    this.total = total;
    this.nextNanos = System.nanoTime() + INTERVAL_NANOS;
  }

  /** Reports where the interval has passed. */
  void at(long bytes) {
    if (consumer != null) {
      long now = System.nanoTime();
      if (now - nextNanos >= 0) {
        nextNanos = now + INTERVAL_NANOS;
        consumer.accept(new Progress(bytes, total));
      }
    }
  }

  /** Reports the end. */
  void end(long bytes) {
    if (consumer != null) {
      consumer.accept(new Progress(bytes, OptionalLong.of(bytes)));
    }
  }
}
