package io.diskmap.http.server.exchange;

import java.io.IOException;

/** What an engine calls once for each request, on a thread that may block. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * Answers the request. A return without a committed response, and an exception, are both a 500
   * where nothing is committed yet and a broken connection otherwise.
   */
  void handle(HttpExchange exchange) throws IOException;
}
