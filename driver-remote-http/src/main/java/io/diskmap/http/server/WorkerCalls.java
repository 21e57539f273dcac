package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WorkerFilesSection;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.FileReply;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.util.Map;

/**
 * The two calls of remote workers: fetch an input by the path that the worker knows, and hand in a
 * result. Thread-safe.
 *
 * <p>A path is refused before anything is looked at unless it is below an allowed root, and the
 * disk behind a root lets nothing out of its own root, whatever links stand in it. A path that is
 * not served is answered alike whether a file is there or not.
 */
final class WorkerCalls implements GuardedHandler.Step {
  /** The path below which both calls are. */
  static final String BASE = "/api/v1/files";

  private static final String DOWNLOAD = BASE + "/download";
  private static final String UPLOAD_RESULT = BASE + "/upload-result";
  private static final int MAX_REQUEST = 16 * 1024;

  private final Disks disks;
  private final Admission admission;
  private final WorkerFilesSection section;
  private final WorkerResults results;

  WorkerCalls(Disks disks, Admission admission, WorkerFilesSection section, long maxFileBytes) {
    this.disks = disks;
    this.admission = admission;
    this.section = section;
    this.results = new WorkerResults(section.results(), maxFileBytes);
  }

  @Override
  public void answer(HttpExchange exchange, CallContext context) throws IOException {
    Caller caller = admission.admit(exchange, Admission.presentedKey(exchange), context);
    try {
      switch (exchange.rawPath()) {
        case DOWNLOAD -> {
          requirePost(exchange);
          download(exchange, caller);
        }
        case UPLOAD_RESULT -> {
          requirePost(exchange);
          caller.requireChange();
          results.receive(exchange, caller, storage(caller, section.results()));
        }
        default ->
            throw new Refusal(
                404,
                "no-such-call",
                "There is no such call",
                "The calls are " + DOWNLOAD + " and " + UPLOAD_RESULT + ".");
      }
    } catch (Refusal refusal) {
      throw refusal.by(caller.context());
    } catch (StorageException e) {
      throw Refusal.early(e, caller.context());
    }
  }

  private void download(HttpExchange exchange, Caller caller) throws IOException {
    String wanted = filePath(exchange);
    Map.Entry<WorkerFilesSection.Place, String> found =
        section.find(wanted).orElseThrow(WorkerCalls::denied);
    WorkerFilesSection.Place root = found.getKey();
    StoragePath below = below(found.getValue());
    Storage storage = storage(caller, root);
    if (!caller.key().opens(root.prefix().resolve(below))) {
      throw denied();
    }
    try {
      FileReply.answer(exchange, storage, below);
    } catch (StorageException e) {
      throw exchange.isCommitted() ? e : shown(e);
    }
  }

  private static String filePath(HttpExchange exchange) throws IOException {
    byte[] document = exchange.body().readNBytes(MAX_REQUEST);
    try {
      return JsonObject.parse(document)
          .optionalText("file_path")
          .filter(path -> !path.isEmpty())
          .orElseThrow(WorkerCalls::pathRequired);
    } catch (MalformedException e) {
      throw pathRequired();
    }
  }

  /** A path of a form that no file has is refused like one outside of every root. */
  private static StoragePath below(String text) throws Refusal {
    try {
      return StoragePath.of(text);
    } catch (StorageException e) {
      throw denied();
    }
  }

  private Storage storage(Caller caller, WorkerFilesSection.Place place) throws IOException {
    if (!caller.key().opens(place.disk())) {
      throw denied();
    }
    return disks.disk(place.disk()).scoped(place.prefix().value()).with(caller.context());
  }

  private static IOException shown(StorageException failure) {
    return switch (failure.kind()) {
      case NOT_FOUND ->
          new Refusal(404, "not-found", "There is no such file", "File not found").recorded();
      case PERMISSION_DENIED, PATH_INVALID, PATH_CONFLICT -> denied().recorded();
      default -> failure;
    };
  }

  private static Refusal pathRequired() {
    return new Refusal(400, "bad-request", "The request is not understood", "file_path required");
  }

  static Refusal denied() {
    return new Refusal(403, "permission-denied", "The call is not allowed", "File access denied");
  }

  private static void requirePost(HttpExchange exchange) throws Refusal {
    if (!exchange.method().equals("POST")) {
      exchange.header(Names.ALLOW, "POST");
      throw new Refusal(
          405, "method-not-allowed", "The call is made with another method", "Use POST.");
    }
  }
}
