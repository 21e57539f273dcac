package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.FileDocument;
import io.diskmap.http.protocol.JsonObject;
import io.diskmap.http.protocol.Names;
import io.diskmap.spi.Call;
import java.io.IOException;
import okhttp3.HttpUrl;

/**
 * The completion of an upload. For one thread.
 *
 * <p>The server keeps what it answered for a day under the upload's id, so that a completion whose
 * answer was lost is settled by asking for it again, on any replica. Where that does not get
 * through either, the outcome is unknown.
 */
final class Completion {
  private final RemoteHttpSessions sessions;
  private final String session;
  private final long length;
  private final Attempts attempts;
  private boolean mayHaveHappened;

  private Completion(RemoteHttpSessions sessions, String session, long length, Attempts attempts) {
    this.sessions = sessions;
    this.session = session;
    this.length = length;
    this.attempts = attempts;
  }

  static Completion of(
      RemoteHttpSessions sessions, String session, long length, Attempts attempts) {
    return new Completion(sessions, session, length, attempts);
  }

  /** Completes the upload, or learns that it is complete. */
  FileMetadata run(StoragePath path, Call call) throws StorageException {
    try {
      return attempts.run(call, () -> once(path, call));
    } catch (StorageException e) {
      if (mayHaveHappened && e.kind().isTransient()) {
        throw StorageException.of(
            ErrorKind.OUTCOME_UNKNOWN,
            "The server's answer to the commit was lost; read the file's metadata before saving"
                + " again.",
            e);
      }
      throw e;
    }
  }

  private FileMetadata once(StoragePath path, Call call) throws StorageException {
    HttpUrl.Builder address =
        sessions
            .address(Endpoint.UPLOAD_CHUNKED)
            .addQueryParameter(Names.PHASE, "complete")
            .addQueryParameter(Names.SESSION, session)
            .addQueryParameter(Names.SIZE, Long.toString(length));
    try {
      JsonObject json =
          sessions.longDocument(
              RemoteHttpSessions.request(address).post(RemoteHttpSessions.noBody()), call);
      return FileDocument.read(json).withPath(path);
    } catch (StorageException e) {
      mayHaveHappened |= isAmbiguous(e);
      throw e;
    } catch (IOException e) {
      mayHaveHappened = true;
      throw RemoteHttpErrors.of(e);
    }
  }

  /** Whether a request may have had its effect although its answer did not come. */
  static boolean isAmbiguous(StorageException failure) {
    if (failure.httpStatus().isPresent()) {
      int status = failure.httpStatus().getAsInt();
      return failure.kind() == ErrorKind.OUTCOME_UNKNOWN || status == 502 || status == 504;
    }
    return !(failure.getCause() instanceof IOException cause
        && RemoteHttpErrors.isBeforeSending(cause));
  }
}
