package io.diskmap.http.server;

import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.spi.PartOfDownload;
import java.io.IOException;
import java.util.Optional;

/** {@code download}: a file or one range of it, on conditions. Thread-safe. */
final class DownloadAction implements ApiAction {
  @Override
  public void answer(ApiCall call) throws IOException {
    StoragePath path = call.path();
    FileReply.answer(call.exchange(), storage(call), path);
  }

  /** The disk, on behalf of a caller whose download may come in several requests. */
  private static Storage storage(ApiCall call) throws IOException {
    Optional<RangeHeader> whole = call.exchange().header(Names.PART_OF).flatMap(RangeHeader::parse);
    return whole.isPresent()
        ? call.storage().with(PartOfDownload.mark(call.caller().context(), whole.get().bytes()))
        : call.storage();
  }
}
