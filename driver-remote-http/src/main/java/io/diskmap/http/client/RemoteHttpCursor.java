package io.diskmap.http.client;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.NdjsonReader;
import io.diskmap.spi.EntryCursor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a listing, as the lines of one answer bring them. For one thread. An answer
 * without its end line is UNAVAILABLE, after which the core goes on behind the last entry.
 */
final class RemoteHttpCursor implements EntryCursor {
  private final RemoteHttpSessions.Exchange exchange;
  private final NdjsonReader lines;
  private @Nullable FileMetadata entry;
  private long skipped;
  private List<String> skippedNames = List.of();
  private boolean ended;

  RemoteHttpCursor(RemoteHttpSessions.Exchange exchange) {
    this.exchange = exchange;
    this.lines = new NdjsonReader(exchange.body().byteStream());
  }

  @Override
  public boolean next() throws StorageException {
    if (ended) {
      return false;
    }
    WaitWatch.Entry waiting = exchange.waiting();
    try {
      Optional<JsonObject> line = lines.next();
      if (line.isPresent()) {
        entry = FileDocument.read(line.get());
        return true;
      }
      skipped = lines.summary().optionalNumber("skipped").orElse(0L);
      skippedNames = lines.summary().textList("skippedNames");
      ended = true;
      if (exchange.body().byteStream().read() < 0) {
        exchange.complete();
      }
      return false;
    } catch (IOException e) {
      throw exchange.failure(e);
    } finally {
      waiting.leave();
    }
  }

  @Override
  public FileMetadata entry() {
    FileMetadata current = entry;
    if (current == null) {
      throw new IllegalStateException("the cursor stands before its first entry");
    }
    return current;
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public List<String> skippedNames() {
    return skippedNames;
  }

  @Override
  public void close() {
    exchange.close();
  }
}
