package io.diskmap.http.server.exchange;

import io.diskmap.http.protocol.JsonOut;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import java.io.IOException;
import java.io.OutputStream;

/** Writes whole replies. Stateless. */
public final class Replies {
  private Replies() {}

  /** One JSON object. */
  public static void json(HttpExchange exchange, int status, JsonOut.Body body) throws IOException {
    send(exchange, status, Names.JSON, JsonOut.object(body));
  }

  /** A document that is already octets. */
  public static void send(HttpExchange exchange, int status, String type, byte[] document)
      throws IOException {
    exchange.status(status);
    exchange.header(Names.CONTENT_TYPE, type);
    exchange.header(Names.CACHE_CONTROL, "no-store");
    exchange.header(Names.CONTENT_TYPE_OPTIONS, "nosniff");
    try (OutputStream out = exchange.output(document.length)) {
      out.write(document);
    }
  }

  /** A status and no body. */
  public static void empty(HttpExchange exchange, int status) throws IOException {
    exchange.status(status);
    exchange.output(0).close();
  }

  /** A problem document. */
  public static void problem(HttpExchange exchange, Problem problem) throws IOException {
    if (problem.status() == 401) {
      exchange.header(Names.WWW_AUTHENTICATE, "Bearer realm=\"diskmap\"");
    }
    send(exchange, problem.status(), Names.PROBLEM_JSON, problem.toJson());
  }
}
