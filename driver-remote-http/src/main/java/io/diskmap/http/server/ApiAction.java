package io.diskmap.http.server;

import java.io.IOException;

/** One of the ten calls. Thread-safe. */
@FunctionalInterface
interface ApiAction {
  /** Answers the call; an exception before the answer is committed becomes a problem document. */
  void answer(ApiCall call) throws IOException;
}
