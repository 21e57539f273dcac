package io.diskmap.http.protocol;

import io.diskmap.ByteRange;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.util.ArrayList;
import java.util.List;

/**
 * A chunked upload as JSON: {@code session, path, chunkSize, received}. Immutable.
 *
 * @param session finds the upload again, on any replica of the server
 * @param path where the file will be
 * @param chunkSize how long every chunk but the last is
 * @param received the ranges that survive a kill of both sides, in order and joined
 */
public record SessionDocument(
    String session, StoragePath path, int chunkSize, List<ByteRange> received) {
  public SessionDocument {
    received = List.copyOf(received);
  }

  /** The document; a received range is a pair of its first byte and the byte behind its last. */
  public byte[] toJson() {
    return JsonOut.object(
        out -> {
          out.writeStringField("session", session);
          out.writeStringField("path", path.value());
          out.writeNumberField("chunkSize", chunkSize);
          out.writeArrayFieldStart("received");
          for (ByteRange range : received) {
            out.writeStartArray();
            out.writeNumber(range.offset());
            out.writeNumber(range.offset() + range.length());
            out.writeEndArray();
          }
          out.writeEndArray();
        });
  }

  /** Reads a document. */
  public static SessionDocument parse(JsonObject json) throws MalformedException, StorageException {
    long chunkSize = json.number("chunkSize");
    if (chunkSize < 1 || chunkSize > Integer.MAX_VALUE) {
      throw new MalformedException("the chunk size is out of bounds");
    }
    List<ByteRange> received = new ArrayList<>();
    for (long[] span : json.spans("received")) {
      if (span[0] < 0 || span[1] < span[0]) {
        throw new MalformedException("a received range is broken");
      }
      received.add(ByteRange.of(span[0], span[1] - span[0]));
    }
    return new SessionDocument(
        json.text("session"), StoragePath.of(json.text("path")), (int) chunkSize, received);
  }
}
