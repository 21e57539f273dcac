package io.diskmap.smb.wire;

/** What the server answered to the requests of a compound. Immutable. */
public final class Answers {
  private final Exchange exchange;

  Answers(Exchange exchange) {
    this.exchange = exchange;
  }

  /** The answer to one of the requests, or its failure. */
  @SuppressWarnings("unchecked")
  public <T> T of(Request<T> request) throws SmbStatusException {
    return (T) exchange.value(exchange.indexOf(request));
  }

  /** The status of one of the requests. */
  public int status(Request<?> request) {
    return exchange.status(exchange.indexOf(request));
  }

  /** The first failure among the answers, where there is one. */
  public Answers orFail() throws SmbStatusException {
    for (int i = 0; i < exchange.size(); i++) {
      if (NtStatus.isError(exchange.status(i))) {
        exchange.value(i);
      }
    }
    return this;
  }
}
