package io.diskmap.http.protocol;

import java.io.IOException;

/**
 * Says that a message breaks the wire contract; the text is safe to send to the peer. On the server
 * it becomes a 400, on the client a broken reply.
 */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedException(String message) {
    super(message);
  }
}
