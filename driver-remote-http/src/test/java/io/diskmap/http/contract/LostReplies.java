package io.diskmap.http.contract;

import io.diskmap.StorageListener;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Loses replies that cannot be read on their way: listens to the server's storage, and when the
 * operation begins whose reply is to be lost, lets no more bytes of it through. Thread-safe.
 */
final class LostReplies implements StorageListener {
  private record Planned(String operation, FaultProxy proxy, AtomicBoolean happened) {}

  private final AtomicReference<@Nullable Planned> planned = new AtomicReference<>();

  /** Loses the reply to the next operation of this name. */
  Trip next(String operation, FaultProxy proxy) {
    AtomicBoolean happened = new AtomicBoolean();
    planned.set(new Planned(operation, proxy, happened));
    return Trip.seenBy("lost reply to " + operation, happened::get);
  }

  @Override
  public void operationStarted(Operation operation) {
    Planned plan = planned.get();
    if (plan != null
        && plan.operation.equals(operation.name())
        && planned.compareAndSet(plan, null)) {
      plan.proxy.dropReplies(Ending.RESET);
      plan.happened.set(true);
    }
  }
}
