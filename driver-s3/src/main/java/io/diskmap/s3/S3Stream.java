package io.diskmap.s3;

import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of one answer. For one thread, but {@link #abort}.
 *
 * <p>Closing before the last byte aborts the connection: draining it would read the rest of the
 * file.
 */
final class S3Stream implements AutoCloseable {
  private static final int BLOCK = 64 * 1024;

  private final S3Sessions sessions;
  private final Call call;
  private final ResponseInputStream<GetObjectResponse> in;
  private final Cancellation.Registration registration;
  private final AtomicBoolean closed = new AtomicBoolean();
  private byte[] block = new byte[0];
  private long left;

  private S3Stream(
      S3Sessions sessions, Call call, ResponseInputStream<GetObjectResponse> in, long length) {
    this.sessions = sessions;
    this.call = call;
    this.in = in;
    this.left = length;
    this.registration = call.onEnd(this::abort);
    sessions.streams().add(this);
  }

  static S3Stream open(S3Store store, GetObjectRequest request, Call call) throws StorageException {
    ResponseInputStream<GetObjectResponse> in =
        store
            .sessions()
            .run(
                call,
                client ->
                    client.getObject(
                        request,
                        ResponseTransformer.unmanaged(
                            (answer, body) ->
                                new ResponseInputStream<>(answer, body, Duration.ZERO))));
    Long length = in.response().contentLength();
    if (length == null) {
      in.abort();
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The store, or a proxy before it, gives content without its length, so its end cannot be"
              + " told from a broken connection; let it send Content-Length.");
    }
    return new S3Stream(store.sessions(), call, in, length);
  }

  GetObjectResponse response() {
    return in.response();
  }

  /** Some bytes, at least one where there is room; -1 after the last. */
  int read(ByteBuffer target) throws StorageException {
    if (left == 0) {
      return -1;
    }
    try {
      int count = target.hasArray() ? readArray(target) : readBlock(target);
      if (count < 0) {
        throw StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The store ended the content %d bytes early; try again later.".formatted(left));
      }
      left -= count;
      call.progressed();
      return count;
    } catch (IOException e) {
      if (e instanceof StorageException known) {
        throw known;
      }
      throw sessions.broken(e, call);
    } catch (SdkException | IllegalStateException e) {
      throw sessions.broken(e, call);
    }
  }

  private int readArray(ByteBuffer target) throws IOException {
    int length = (int) Math.min(target.remaining(), left);
    int count = in.read(target.array(), target.arrayOffset() + target.position(), length);
    if (count > 0) {
      target.position(target.position() + count);
    }
    return count;
  }

  private int readBlock(ByteBuffer target) throws IOException {
    if (block.length == 0) {
      block = new byte[BLOCK];
    }
    int length = (int) Math.min(Math.min(target.remaining(), block.length), left);
    int count = in.read(block, 0, length);
    if (count > 0) {
      target.put(block, 0, count);
    }
    return count;
  }

  void abort() {
    in.abort();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    registration.close();
    sessions.streams().remove(this);
    try {
      if (left > 0) {
        in.abort();
      } else {
        in.close();
      }
    } catch (IOException | SdkException e) {
      in.abort();
    }
  }
}
