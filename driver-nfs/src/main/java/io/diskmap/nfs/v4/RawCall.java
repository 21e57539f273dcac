package io.diskmap.nfs.v4;

import io.diskmap.nfs.rpc.ReplyHandler;
import io.diskmap.nfs.rpc.RpcConnection;
import io.diskmap.nfs.rpc.RpcMessages;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A compound outside any session, by which sessions are made and ended. For one thread. */
final class RawCall implements ReplyHandler {
  static final int PROGRAM = 100_003;
  static final int VERSION = 4;
  static final int COMPOUND = 1;

  private final CompletableFuture<ByteBuffer> reply = new CompletableFuture<>();

  private RawCall() {}

  @Override
  public void reply(ByteBuffer message, int payload) {
    reply.complete(message);
  }

  @Override
  public void lost(IOException why) {
    reply.completeExceptionally(why);
  }

  /** Sends a compound and waits for its results. */
  static OpReader execute(
      RpcConnection connection,
      NfsConfig config,
      int minorVersion,
      int xid,
      Duration timeout,
      Request.Encoder operations)
      throws IOException {
    XdrWriter out = new XdrWriter();
    RpcMessages.writeCall(out, xid, PROGRAM, VERSION, COMPOUND, config.credential());
    OpWriter ops = new OpWriter(out, minorVersion, 0);
    operations.encode(ops);
    ops.end();
    RawCall call = new RawCall();
    connection.send(xid, out.parts(), call);
    XdrReader in = new XdrReader(call.await(timeout));
    RpcMessages.readReply(in, xid);
    return new OpReader(in, 0);
  }

  private ByteBuffer await(Duration timeout) throws IOException {
    try {
      return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no reply within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a session is made", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }
}
