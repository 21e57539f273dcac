package io.diskmap.http.server;

import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An exchange whose header of the request's id is the one that the answer carries, whatever the
 * caller sent. Used by one thread. What is mounted beside the storage API gets it, so that its
 * records bear the id that the caller sees.
 */
final class IdentifiedExchange implements HttpExchange {
  private final HttpExchange exchange;
  private final String requestId;

  IdentifiedExchange(HttpExchange exchange, String requestId) {
    this.exchange = exchange;
    this.requestId = requestId;
  }

  @Override
  public List<String> headers(String name) {
    return name.equalsIgnoreCase(Names.REQUEST_ID) ? List.of(requestId) : exchange.headers(name);
  }

  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public String rawPath() {
    return exchange.rawPath();
  }

  @Override
  public String rawQuery() {
    return exchange.rawQuery();
  }

  @Override
  public String remoteAddress() {
    return exchange.remoteAddress();
  }

  @Override
  public boolean isSecure() {
    return exchange.isSecure();
  }

  @Override
  public long declaredLength() {
    return exchange.declaredLength();
  }

  @Override
  public InputStream body() throws IOException {
    return exchange.body();
  }

  @Override
  public void status(int status) {
    exchange.status(status);
  }

  @Override
  public void header(String name, String value) {
    exchange.header(name, value);
  }

  @Override
  public OutputStream output(long length) throws IOException {
    return exchange.output(length);
  }

  @Override
  public void sendFile(FileChannel file, long offset, long length, LongConsumer sent)
      throws IOException {
    exchange.sendFile(file, offset, length, sent);
  }

  @Override
  public boolean isCommitted() {
    return exchange.isCommitted();
  }

  @Override
  public void abort() {
    exchange.abort();
  }
}
