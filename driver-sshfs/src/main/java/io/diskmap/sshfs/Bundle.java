package io.diskmap.sshfs;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests of one channel that go out as one: gathered first, then sent together in their order.
 *
 * <p>For one thread. Nothing is known of a request before the bundle is sent.
 */
final class Bundle {
  private final SftpChannel channel;
  private final List<SftpRequest> requests = new ArrayList<>();
  private final List<Exchange> exchanges = new ArrayList<>();

  Bundle(SftpChannel channel) {
    this.channel = channel;
  }

  Exchange add(SftpRequest request) {
    return add(request, 0);
  }

  /** The same for a request whose answer has about this many bytes. */
  Exchange add(SftpRequest request, int answerBytes) {
    Exchange exchange = channel.exchange(request, answerBytes, false);
    requests.add(request);
    exchanges.add(exchange);
    return exchange;
  }

  SftpChannel channel() {
    return channel;
  }

  /** Sends what was gathered; an empty bundle sends nothing. */
  void send() {
    if (!requests.isEmpty()) {
      channel.sendTogether(requests, exchanges);
    }
  }

  /** What was gathered, in order. */
  List<Exchange> exchanges() {
    return exchanges;
  }
}
