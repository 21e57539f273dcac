package io.diskmap.http.server;

import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.NdjsonWriter;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;

/**
 * {@code list}: the files below a prefix, for programs as an unbounded stream of lines with an end
 * line, for people as pages of JSON. Thread-safe.
 */
final class ListAction implements ApiAction {
  private static final int MAX_PAGE = 1000;
  private static final long FLUSH_NANOS = Duration.ofSeconds(1).toNanos();

  @Override
  public void answer(ApiCall call) throws IOException {
    StoragePath prefix = call.prefix();
    ListOptions options = options(call);
    boolean lines =
        call.exchange().header(Names.ACCEPT).map(a -> a.contains(Names.NDJSON)).orElse(false);
    if (lines) {
      stream(call, prefix, options);
    } else {
      page(call, prefix, options);
    }
  }

  private static ListOptions options(ApiCall call) throws IOException {
    ListOptions options = ListOptions.defaults();
    Optional<String> delimiter = call.query().get(Names.DELIMITER);
    if (delimiter.isPresent() && !delimiter.get().isEmpty()) {
      if (!delimiter.get().equals("/")) {
        throw Refusal.badRequest("The parameter delimiter must be / or missing.");
      }
      options = options.withOneLevel();
    }
    Optional<String> after = call.query().get(Names.START_AFTER).filter(t -> !t.isEmpty());
    Optional<String> cursor = call.query().get(Names.CURSOR).filter(t -> !t.isEmpty());
    if (after.isPresent() && cursor.isPresent()) {
      throw Refusal.badRequest("Give either start_after or cursor.");
    }
    if (cursor.isPresent()) {
      after = Optional.of(decode(cursor.get()));
    }
    if (after.isPresent()) {
      options = options.withStartAfter(StoragePath.of(after.get()));
    }
    long limit = call.query().number(Names.LIMIT, 1, MAX_PAGE);
    return options.withLimit((int) Math.min(limit, MAX_PAGE));
  }

  private static void stream(ApiCall call, StoragePath prefix, ListOptions options)
      throws IOException {
    Storage storage = call.storage();
    try (Listing listing = storage.list(prefix.value(), options)) {
      Iterator<FileMetadata> files = listing.iterator();
      boolean any = files.hasNext();
      HttpExchange exchange = call.exchange();
      exchange.header(Names.CONTENT_TYPE, Names.NDJSON);
      exchange.header(Names.CACHE_CONTROL, "no-store");
      OutputStream out = exchange.output(-1);
      try (NdjsonWriter lines = new NdjsonWriter(out)) {
        long flushed = System.nanoTime();
        while (any) {
          FileMetadata file = files.next();
          lines.line(json -> FileDocument.write(json, file));
          if (System.nanoTime() - flushed > FLUSH_NANOS) {
            lines.flush();
            flushed = System.nanoTime();
          }
          any = files.hasNext();
        }
        lines.end(
            json -> {
              json.writeNumberField("skipped", listing.skipped());
              if (listing.skipped() > 0) {
                json.writeArrayFieldStart("skippedNames");
                for (String name : listing.skippedNames()) {
                  json.writeString(name);
                }
                json.writeEndArray();
              }
            });
      }
      out.close();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void page(ApiCall call, StoragePath prefix, ListOptions options)
      throws IOException {
    ListPage page = call.storage().listPage(prefix.value(), options);
    Replies.json(
        call.exchange(),
        200,
        out -> {
          out.writeArrayFieldStart("files");
          for (FileMetadata file : page.entries()) {
            out.writeStartObject();
            FileDocument.write(out, file);
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeNumberField("skipped", page.skipped());
          if (page.next().isPresent()) {
            out.writeStringField("next", encode(page.next().get()));
          }
        });
  }

  private static String encode(StoragePath path) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(path.utf8());
  }

  private static String decode(String cursor) throws IOException {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest("The parameter cursor is none that this server gave.");
    }
  }
}
