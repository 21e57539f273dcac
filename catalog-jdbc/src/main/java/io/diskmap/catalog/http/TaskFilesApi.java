package io.diskmap.catalog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.CallContext;
import io.diskmap.DeleteReport;
import io.diskmap.StorageException;
import io.diskmap.Usage;
import io.diskmap.catalog.FilePage;
import io.diskmap.catalog.Quota;
import io.diskmap.catalog.TaskFile;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.TaskPage;
import io.diskmap.catalog.TaskQuery;
import io.diskmap.catalog.TaskRecord;
import io.diskmap.catalog.UserFiles;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.protocol.ReportDocument;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * The calls {@code GET /api/files}, {@code GET /api/files/{task_id}}, {@code GET
 * /api/files/{task_id}/{path}} and {@code DELETE /api/files/{task_id}}, each on behalf of the user
 * whom the request proves.
 *
 * <p>Thread-safe. Mounted at {@link #BASE} of a services server. A task of another user is answered
 * like one that does not exist.
 */
public final class TaskFilesApi implements HttpHandler {
  /** Where it is mounted. */
  public static final String BASE = "/api/files";

  private static final int DEFAULT_LIMIT = 100;

  private final TaskFiles catalogue;
  private final UserAuthenticator authenticator;

  private TaskFilesApi(TaskFiles catalogue, UserAuthenticator authenticator) {
    this.catalogue = catalogue;
    this.authenticator = authenticator;
  }

  /** The calls over this catalogue, for users whom the authenticator knows. */
  public static TaskFilesApi of(TaskFiles catalogue, UserAuthenticator authenticator) {
    return new TaskFilesApi(catalogue, authenticator);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String user = authenticator.userOf(exchange).orElseThrow(TaskFilesApi::unauthenticated);
    CallContext known = CallContext.ofUser(user).withPeer("catalogue", exchange.remoteAddress());
    CallContext context = exchange.header(Names.REQUEST_ID).map(known::withRequestId).orElse(known);
    try {
      UserFiles files = catalogue.forUser(user).with(context);
      List<String> path = UrlPath.below(BASE, exchange.rawPath());
      if (path.isEmpty()) {
        requireMethod(exchange, "GET");
        listTasks(exchange, files);
      } else if (path.size() == 1 && exchange.method().equals("DELETE")) {
        delete(exchange, files, path.get(0));
      } else if (path.size() == 1) {
        requireMethod(exchange, "GET, DELETE");
        listFiles(exchange, files, path.get(0));
      } else {
        requireMethod(exchange, "GET, HEAD");
        files.send(
            path.get(0),
            String.join("/", path.subList(1, path.size())),
            (storage, file) -> FileReply.answer(exchange, storage, file));
      }
    } catch (Refusal refusal) {
      throw refusal.by(context);
    } catch (StorageException e) {
      throw Refusal.early(e, context);
    }
  }

  private static void requireMethod(HttpExchange exchange, String allowed) throws Refusal {
    if (!List.of(allowed.split(", ")).contains(exchange.method())) {
      exchange.header(Names.ALLOW, allowed);
      throw new Refusal(
          405,
          "method-not-allowed",
          "The call is made with another method",
          "Use " + allowed + ".");
    }
  }

  private static Refusal unauthenticated() {
    return new Refusal(
        401,
        "unauthenticated",
        "The token is missing or not valid",
        "Send a valid token as Authorization: Bearer.");
  }

  private static void listTasks(HttpExchange exchange, UserFiles files) throws IOException {
    TaskPage page = files.tasks(query(exchange.query()));
    Usage usage = files.usage();
    Quota quota = files.quota();
    Replies.json(
        exchange,
        200,
        out -> {
          out.writeArrayFieldStart("tasks");
          for (TaskRecord task : page.tasks()) {
            out.writeStartObject();
            write(out, task);
            out.writeEndObject();
          }
          out.writeEndArray();
          if (page.next().isPresent()) {
            out.writeStringField("next", page.next().get());
          }
          out.writeObjectFieldStart("usage");
          out.writeNumberField("bytes", usage.bytes());
          out.writeNumberField("files", usage.files());
          out.writeNumberField("max_bytes", quota.maxBytes());
          out.writeNumberField("max_files", quota.maxFiles());
          out.writeEndObject();
        });
  }

  private static TaskQuery query(Query query) throws IOException {
    try {
      return new TaskQuery(
          query.get("task_id"),
          query.get("task_name"),
          query.get("name"),
          query.get("from").map(TaskFilesApi::instant),
          query.get("to").map(TaskFilesApi::instant),
          (int) Math.min(Integer.MAX_VALUE, query.number("limit", 1, DEFAULT_LIMIT)),
          query.get("cursor"));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw Refusal.badRequest("The query is not valid: " + e.getMessage() + ".");
    }
  }

  /** An instant, or a day, which is its first moment in UTC. */
  private static Instant instant(String text) {
    return text.length() == 10
        ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
        : Instant.parse(text);
  }

  private static void listFiles(HttpExchange exchange, UserFiles files, String taskId)
      throws IOException {
    int limit = (int) exchange.query().number("limit", 1, DEFAULT_LIMIT);
    int from = cursor(exchange.query());
    if (limit > TaskQuery.MAX_LIMIT) {
      throw Refusal.badRequest("A page has at most " + TaskQuery.MAX_LIMIT + " files.");
    }
    FilePage page = files.files(taskId, from, limit);
    Replies.json(
        exchange,
        200,
        out -> {
          out.writeObjectFieldStart("task");
          write(out, page.task());
          out.writeEndObject();
          out.writeArrayFieldStart("files");
          for (TaskFile file : page.files()) {
            out.writeStartObject();
            out.writeStringField("path", file.path());
            out.writeNumberField("size", file.size());
            out.writeStringField("sha256", file.sha256().hex());
            out.writeStringField("crc32c", file.crc32c().hex());
            out.writeStringField("uploaded_at", file.uploadedAt().toString());
            out.writeEndObject();
          }
          out.writeEndArray();
          if (page.next().isPresent()) {
            out.writeStringField("next", Integer.toString(page.next().getAsInt()));
          }
        });
  }

  private static int cursor(Query query) throws MalformedException {
    return (int) Math.min(Integer.MAX_VALUE, query.number("cursor", 0, 0));
  }

  private static void write(JsonGenerator out, TaskRecord task) throws IOException {
    out.writeStringField("task_id", task.taskId());
    out.writeStringField("task_name", task.taskName());
    out.writeStringField("submitted_at", task.submittedAt().toString());
    out.writeStringField("collected_at", task.collectedAt().toString());
    out.writeStringField("path", task.storagePath());
    out.writeNumberField("files", task.files());
    out.writeNumberField("bytes", task.bytes());
  }

  private static void delete(HttpExchange exchange, UserFiles files, String taskId)
      throws IOException {
    DeleteReport report = files.delete(taskId);
    Replies.json(exchange, 200, out -> ReportDocument.write(out, report));
  }
}
