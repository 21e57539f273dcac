package io.diskmap.examples.streaming;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.diskmap.CallContext;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Answers browsers out of a storage. Thread-safe.
 *
 * <p>The names of cohort and file come from outside, so each becomes exactly one segment of a path.
 */
final class FilesHandler implements HttpHandler {
  private static final String PREFIX = "upload_prechecks";
  private static final Duration KEPT = Duration.ofHours(4);

  private final Storage workspace;

  FilesHandler(Storage workspace) {
    this.workspace = workspace;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (StorageException e) {
        reply(exchange, status(e.kind()), e.kind() + "\n");
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String[] names = exchange.getRequestURI().getPath().substring("/files/".length()).split("/", 2);
    String cohort = names[0];
    String user = exchange.getRequestHeaders().getFirst("X-User");
    CallContext caller = CallContext.none().withCohort(cohort);
    Storage mine = workspace.with(user == null ? caller : caller.withUser(user));
    if (names.length == 2 && names[1].isEmpty() && exchange.getRequestMethod().equals("GET")) {
      list(exchange, mine, StoragePath.join(PREFIX, StoragePath.segment(cohort)));
      return;
    }
    StoragePath path =
        StoragePath.join(
            PREFIX,
            StoragePath.segment(cohort),
            StoragePath.segment(names.length < 2 ? "" : names[1]));
    switch (exchange.getRequestMethod()) {
      case "PUT" -> save(exchange, mine, path);
      case "GET" -> send(exchange, mine, path);
      case "DELETE" -> reply(exchange, mine.delete(path.value()) ? 200 : 404, "");
      default -> reply(exchange, 405, "");
    }
  }

  /** The body goes on as it comes; above 10 MB the driver sends it in chunks, several at once. */
  private static void save(HttpExchange exchange, Storage mine, StoragePath path)
      throws IOException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    Content body =
        Content.of(exchange.getRequestBody(), length == null ? -1 : Long.parseLong(length));
    SaveOptions options = SaveOptions.defaults().withCleanupAfter(KEPT);
    FileMetadata saved = mine.save(path.value(), body, options);
    reply(exchange, 201, saved.size() + " bytes\n");
  }

  private static void send(HttpExchange exchange, Storage mine, StoragePath path)
      throws IOException {
    try (Download download = mine.download(path.value())) {
      download
          .metadata()
          .contentType()
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(200, download.length() == 0 ? -1 : download.length());
      download.transferTo(exchange.getResponseBody());
    }
  }

  private static void list(HttpExchange exchange, Storage mine, StoragePath prefix)
      throws IOException {
    try (Listing files = mine.list(prefix.value())) {
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      for (FileMetadata file : files) {
        String name = StoragePath.unescape(file.path().name());
        out.write((name + "\t" + file.size() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static int status(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> 404;
      case PATH_INVALID, LENGTH_MISMATCH, SOURCE_FAILED -> 400;
      case ALREADY_EXISTS, PATH_CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case NO_SPACE, QUOTA_EXCEEDED -> 507;
      default -> 503;
    };
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
