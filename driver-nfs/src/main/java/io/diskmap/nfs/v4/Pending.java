package io.diskmap.nfs.v4;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A compound that was begun, one of several at once. For one thread, which awaits or ends it.
 *
 * @param <T> what its results make
 */
public final class Pending<T> {
  private final NfsClient client;
  private final Request<T> request;
  private @Nullable Exchange exchange;

  Pending(NfsClient client, Request<T> request, @Nullable Exchange exchange) {
    this.client = client;
    this.request = request;
    this.exchange = exchange;
  }

  /** Waits for the results, and executes the compound now where it was not executed. */
  public T await(Patience patience) throws IOException {
    Exchange begun = exchange;
    exchange = null;
    if (begun != null) {
      Optional<T> result = client.traffic().result(begun, request, patience);
      if (result.isPresent()) {
        return result.get();
      }
    }
    return client.call(request, patience);
  }

  /** Gives up waiting. */
  public void end() {
    if (exchange != null) {
      client.traffic().abandon(exchange);
      exchange = null;
    }
  }
}
