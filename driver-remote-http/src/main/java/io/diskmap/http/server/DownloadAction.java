package io.diskmap.http.server;

import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.server.exchange.FileReply;
import java.io.IOException;

/** {@code download}: a file or one range of it, on conditions. Thread-safe. */
final class DownloadAction implements ApiAction {
  @Override
  public void answer(ApiCall call) throws IOException {
    StoragePath path = call.path();
    Storage storage = call.storage();
    FileReply.answer(call.exchange(), storage, path);
  }
}
