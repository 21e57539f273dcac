package io.diskmap.http.server;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** {@code upload}: saves a file from one request body. Thread-safe. */
final class UploadAction implements ApiAction {
  private final long maxFileBytes;
  private final RecentSaves recent;

  UploadAction(long maxFileBytes, RecentSaves recent) {
    this.maxFileBytes = maxFileBytes;
    this.recent = recent;
  }

  @Override
  public void answer(ApiCall call) throws IOException {
    call.requireChange();
    StoragePath path = call.path();
    Storage storage = call.storage();
    SaveOptions options = SaveParameters.read(call);
    HttpExchange exchange = call.exchange();
    if (exchange.declaredLength() > maxFileBytes) {
      throw StorageException.of(
          ErrorKind.TOO_LARGE, "The content is larger than the server's limit.");
    }
    Content content = content(exchange);
    FileMetadata saved =
        recent.run(
            call.diskName(), options.writeId(), () -> storage.save(path.value(), content, options));
    describe(exchange, saved);
    Replies.json(exchange, 201, out -> FileDocument.write(out, saved));
  }

  static void describe(HttpExchange exchange, FileMetadata file) {
    exchange.header(Names.ETAG, FileDocument.tag(file.versionTag()).toString());
  }

  private Content content(HttpExchange exchange) throws IOException {
    Optional<String> type = exchange.header(Names.CONTENT_TYPE);
    if (type.isPresent() && MultipartBody.isType(type.get())) {
      RequestBody body = RequestBody.of(exchange, Long.MAX_VALUE, false);
      InputStream file = new MultipartBody(body, type.get()).find("file").content();
      return Content.of(RequestBody.of(file, maxFileBytes), -1);
    }
    boolean both = exchange.header(Names.REPR_DIGEST).isPresent();
    RequestBody body = RequestBody.of(exchange, maxFileBytes, both);
    return Content.of(body, exchange.declaredLength());
  }
}
