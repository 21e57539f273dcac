package io.diskmap.http.server;

import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.spi.PartOfDownload;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code download}: a file or one range of it, on conditions. Thread-safe. Requests that say what
 * they are a part of leave one record together.
 */
final class DownloadAction implements ApiAction {
  @Override
  public void answer(ApiCall call) throws IOException {
    StoragePath path = call.path();
    HttpExchange exchange = call.exchange();
    Storage storage = call.storage();
    Optional<RangeHeader> whole = exchange.header(Names.PART_OF).flatMap(RangeHeader::parse);
    if (whole.isPresent()) {
      storage =
          storage.with(PartOfDownload.mark(call.caller().context(), whole.get().toByteRange()));
    }
    FileReply.answer(exchange, storage, path);
  }
}
