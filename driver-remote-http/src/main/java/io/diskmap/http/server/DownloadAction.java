package io.diskmap.http.server;

import io.diskmap.ByteRange;
import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.RangeHeader;
import io.diskmap.http.protocol.Token;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import io.diskmap.spi.PartOfDownload;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code download}: a file or one range of it, on conditions. Thread-safe. Requests that say what
 * they are a part of leave one record together, and those of one reader read one open file.
 */
final class DownloadAction implements ApiAction {
  private final KeptFiles kept;

  DownloadAction(KeptFiles kept) {
    this.kept = kept;
  }

  @Override
  public void answer(ApiCall call) throws IOException {
    StoragePath path = call.path();
    HttpExchange exchange = call.exchange();
    Storage storage = call.storage();
    Optional<KeptFiles.Reader> reader = reader(call, path);
    if (exchange.method().equals("POST")) {
      leave(call, path, reader);
      return;
    }
    Optional<ByteRange> whole =
        exchange.header(Names.PART_OF).flatMap(RangeHeader::parse).map(RangeHeader::toByteRange);
    if (whole.isPresent()) {
      ByteRange part =
          exchange
              .header(Names.RANGE)
              .flatMap(RangeHeader::parse)
              .map(RangeHeader::toByteRange)
              .orElse(ByteRange.all());
      storage = storage.with(PartOfDownload.mark(call.caller().context(), whole.get(), part));
    }
    if (whole.isEmpty() || reader.isEmpty() || exchange.method().equals("HEAD")) {
      FileReply.answer(exchange, storage, path);
      return;
    }
    Storage marked = storage;
    FileReply.send(
        exchange,
        options ->
            kept.open(reader.get(), whole.get(), options, o -> marked.download(path.value(), o)));
  }

  private static Optional<KeptFiles.Reader> reader(ApiCall call, StoragePath path)
      throws IOException {
    Optional<String> name = call.exchange().header(Names.READER);
    if (name.isPresent() && !Token.isRequestId(name.get())) {
      throw Refusal.badRequest("The header " + Names.READER + " is 8 to 128 letters and digits.");
    }
    return name.map(
        id -> new KeptFiles.Reader(call.caller().keyId(), call.diskName(), path.value(), id));
  }

  /** Ends the record of a download, and closes what is kept for it. */
  private void leave(ApiCall call, StoragePath path, Optional<KeptFiles.Reader> reader)
      throws IOException {
    if (!call.query().get(Names.PHASE).orElse("").equals("leave")) {
      throw Refusal.badRequest("A download is a GET; a POST takes phase=leave.");
    }
    reader.ifPresent(kept::leave);
    call.storage().with(PartOfDownload.markLeft(call.caller().context())).exists(path.value());
    Replies.empty(call.exchange(), 204);
  }
}
