package io.diskmap.http.server;

import io.diskmap.Content;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WorkerFilesSection;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the results of workers: a file, and the data that describes it. Thread-safe.
 *
 * <p>A result is saved under a directory of its own, {@code <key id>/<result id>/<name>}, and when
 * all of it stands its data follows as {@code <key id>/<result id>.result.json}: whoever reads
 * results looks for that file. A worker that names the result id can repeat a call whose answer was
 * lost. Nothing of the file is kept in memory or on this machine.
 */
final class WorkerResults {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerResults.class);
  private static final int MAX_DATA = 1024 * 1024;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final WorkerFilesSection.Place place;
  private final long maxFileBytes;

  WorkerResults(WorkerFilesSection.Place place, long maxFileBytes) {
    this.place = place;
    this.maxFileBytes = maxFileBytes;
  }

  /** Saves what the request holds and answers. */
  void receive(HttpExchange exchange, Caller caller, Storage storage) throws IOException {
    String type =
        exchange
            .header(Names.CONTENT_TYPE)
            .filter(MultipartBody::isType)
            .orElseThrow(() -> required("file"));
    StoragePath directory = StoragePath.join(caller.keyId(), resultId(exchange));
    if (!caller.key().opens(place.prefix().resolve(directory))) {
      throw WorkerCalls.denied();
    }
    Received received = new Received(storage, directory);
    boolean complete = false;
    try {
      received.readAll(new MultipartBody(RequestBody.of(exchange, Long.MAX_VALUE, false), type));
      received.publish();
      complete = true;
    } catch (StorageException e) {
      throw ApiCall.unwrapSource(e).getCause() instanceof Refusal refusal ? refusal.recorded() : e;
    } finally {
      if (!complete) {
        received.discard();
      }
    }
    exchange.header(
        "X-Diskmap-Result",
        HeaderText.encode(place.disk() + ":" + place.prefix().resolve(directory)));
    Replies.json(
        exchange,
        200,
        out -> {
          out.writeStringField("status", "success");
          out.writeStringField("message", "Result uploaded successfully");
        });
  }

  private static String resultId(HttpExchange exchange) throws IOException {
    Optional<String> given = exchange.header("X-Result-Id");
    if (given.isEmpty()) {
      return TIME.format(Instant.now()) + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
    if (!given.get().matches("[A-Za-z0-9][A-Za-z0-9_-]{7,63}")) {
      throw Refusal.badRequest("The header X-Result-Id has 8 to 64 of A-Z a-z 0-9 _ -.");
    }
    return given.get();
  }

  private static Refusal required(String what) {
    return new Refusal(400, "bad-request", "The request is not understood", what + " required");
  }

  /** One result on its way. For one thread. */
  private final class Received {
    private final Storage storage;
    private final StoragePath directory;
    private byte @Nullable [] data;
    private @Nullable FileMetadata file;

    Received(Storage storage, StoragePath directory) {
      this.storage = storage;
      this.directory = directory;
    }

    void readAll(MultipartBody body) throws IOException {
      while (body.next()) {
        String name = body.name().orElse("");
        if (name.equals("file") && file == null) {
          InputStream content = RequestBody.of(body.content(), maxFileBytes);
          StoragePath path = directory.resolve(StoragePath.of(UploadedName.of(body.fileName())));
          file = storage.save(path.value(), Content.of(content), SaveOptions.defaults());
        } else if (name.equals("result_data") && data == null) {
          data = body.content().readNBytes(MAX_DATA + 1);
          if (data.length > MAX_DATA) {
            throw new Refusal(
                413, "too-large", "The content is too large", "result_data has more than 1 MiB");
          }
        }
      }
      body.finish();
    }

    void publish() throws IOException {
      byte[] description = data;
      if (file == null) {
        throw required("file");
      }
      if (description == null) {
        throw required("result_data");
      }
      storage.save(mark(), Content.of(description), SaveOptions.contentType(Names.JSON));
    }

    private String mark() {
      return directory.value() + ".result.json";
    }

    /**
     * Removes the file of a result that did not become whole, unless an earlier call made it so;
     * what stays goes with the clean-up.
     */
    void discard() {
      FileMetadata saved = file;
      if (saved != null) {
        try {
          if (!storage.exists(mark())) {
            storage.delete(saved.path().value());
          }
        } catch (StorageException e) {
          LOG.warn("The file of an incomplete result stays", e);
        }
      }
    }
  }
}
