package io.diskmap.catalog.http;

import io.diskmap.http.server.exchange.HttpExchange;
import java.io.IOException;
import java.util.Optional;

/**
 * Says which user makes a request, by whatever proof the application uses.
 *
 * <p>Called by many threads at once. It never reads the request's body.
 */
@FunctionalInterface
public interface UserAuthenticator {
  /**
   * The user's id; empty where the request proves none.
   *
   * @throws IOException where the proof cannot be checked now
   */
  Optional<String> userOf(HttpExchange request) throws IOException;
}
