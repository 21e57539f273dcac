package io.diskmap.http.server;

import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hands a request to the handler that is mounted at the longest base of its path, else to the
 * storage API. Thread-safe. Paths are compared as they came, neither decoded nor normalised.
 */
final class Router implements HttpHandler {
  private final HttpHandler api;
  private final Map<String, HttpHandler> mounts;

  Router(HttpHandler api, Map<String, HttpHandler> mounts) {
    this.api = api;
    this.mounts = new LinkedHashMap<>(mounts);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.rawPath();
    HttpHandler found = api;
    int longest = -1;
    for (Map.Entry<String, HttpHandler> mount : mounts.entrySet()) {
      String base = mount.getKey();
      boolean holds = path.equals(base) || path.startsWith(base + "/");
      if (holds && base.length() > longest) {
        found = mount.getValue();
        longest = base.length();
      }
    }
    found.handle(exchange);
  }
}
