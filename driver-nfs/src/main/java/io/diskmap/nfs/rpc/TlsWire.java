package io.diskmap.nfs.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * A connection under TLS 1.3 (RFC 9289), begun with {@link StartTls} on a plain one.
 *
 * <p>One thread reads while another writes. The lock guards what goes out, because the reader
 * answers the peer's changes of keys; nothing waits under it.
 */
final class TlsWire implements Wire {
  private static final String[] PROTOCOLS = {"TLSv1.3"};
  private static final String[] APPLICATION = {"sunrpc"};
  private static final int RECORDS = 16;
  private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

  private final PlainWire plain;
  private final SSLEngine engine;
  private final ByteBuffer encryptedIn;
  private final ByteBuffer decrypted;
  private final ReentrantLock outLock = new ReentrantLock();
  private final ByteBuffer encryptedOut;

  private TlsWire(PlainWire plain, SSLEngine engine) {
    this.plain = plain;
    this.engine = engine;
    int packet = engine.getSession().getPacketBufferSize();
    this.encryptedIn = ByteBuffer.allocateDirect(packet * RECORDS).limit(0);
    this.encryptedOut = ByteBuffer.allocateDirect(packet * RECORDS).limit(0);
    this.decrypted =
        ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize()).limit(0);
  }

  /** Asks for TLS and shakes hands, within this time; a failure closes the connection. */
  static TlsWire over(PlainWire plain, SSLContext context, String host, int port, Duration timeout)
      throws IOException {
    boolean done = false;
    try {
      StartTls.Deadline deadline = new StartTls.Deadline(timeout);
      StartTls.ask(plain, deadline);
      SSLEngine engine = context.createSSLEngine(host, port);
      engine.setUseClientMode(true);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setProtocols(PROTOCOLS);
      parameters.setApplicationProtocols(APPLICATION);
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
      TlsWire wire = new TlsWire(plain, engine);
      wire.shakeHands(deadline);
      done = true;
      return wire;
    } finally {
      if (!done) {
        plain.close();
      }
    }
  }

  private void shakeHands(StartTls.Deadline deadline) throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          wrapNothing();
          while (!flush()) {
            plain.awaitWithin(true, deadline.left());
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          int count = read(decrypted.compact());
          decrypted.flip();
          if (count < 0) {
            throw new EOFException("the server closed it during the TLS handshake");
          }
          if (count == 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            plain.awaitWithin(false, deadline.left());
          }
        }
        default -> {
          return;
        }
      }
    }
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (target != decrypted && decrypted.hasRemaining()) {
      return take(target);
    }
    boolean direct = target == decrypted || target.remaining() >= decrypted.capacity();
    while (true) {
      ByteBuffer into = direct ? target : decrypted.clear();
      SSLEngineResult result;
      try {
        result = engine.unwrap(encryptedIn, into);
      } finally {
        if (!direct) {
          decrypted.flip();
        }
      }
      if (result.getStatus() == Status.CLOSED) {
        return -1;
      }
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record is larger than TLS allows");
      }
      if (result.bytesProduced() > 0) {
        return direct ? result.bytesProduced() : take(target);
      }
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        int count = plain.read(encryptedIn.compact());
        encryptedIn.flip();
        if (count <= 0) {
          return count;
        }
      } else if (!goOn()) {
        return 0;
      }
    }
  }

  /** Does what the engine asks for between two records; false where the handshake has to write. */
  private boolean goOn() throws IOException {
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      runTasks();
    }
    if (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      return true;
    }
    if (!isEstablished()) {
      return false;
    }
    wrapNothing();
    flush();
    return true;
  }

  private boolean isEstablished() {
    return !engine.getSession().getProtocol().equals("NONE");
  }

  private int take(ByteBuffer target) {
    int count = Math.min(target.remaining(), decrypted.remaining());
    target.put(decrypted.slice(decrypted.position(), count));
    decrypted.position(decrypted.position() + count);
    return count;
  }

  @Override
  public long write(ByteBuffer[] source, int offset, int count) throws IOException {
    outLock.lock();
    try {
      long taken = 0;
      while (flush()) {
        long more = encrypt(source, offset, count);
        if (more == 0) {
          break;
        }
        taken += more;
      }
      return taken;
    } finally {
      outLock.unlock();
    }
  }

  /** Fills the empty buffer for what goes out; how many bytes of the source went into it. */
  private long encrypt(ByteBuffer[] source, int offset, int count) throws IOException {
    long taken = 0;
    encryptedOut.clear();
    try {
      int packet = engine.getSession().getPacketBufferSize();
      boolean more = hasRemaining(source, offset, count);
      while (more && encryptedOut.remaining() >= packet) {
        SSLEngineResult result = engine.wrap(source, offset, count, encryptedOut);
        if (result.getStatus() == Status.CLOSED) {
          throw new EOFException("the connection is closed");
        }
        taken += result.bytesConsumed();
        more = result.bytesConsumed() > 0 && hasRemaining(source, offset, count);
      }
    } finally {
      encryptedOut.flip();
    }
    return taken;
  }

  private static boolean hasRemaining(ByteBuffer[] source, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      if (source[i].hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  /** Lets the engine say what it has to say by itself, where there is room. */
  private void wrapNothing() throws IOException {
    outLock.lock();
    try {
      encryptedOut.compact();
      try {
        engine.wrap(NOTHING, 0, 1, encryptedOut);
      } finally {
        encryptedOut.flip();
      }
    } finally {
      outLock.unlock();
    }
  }

  @Override
  public boolean flush() throws IOException {
    outLock.lock();
    try {
      if (encryptedOut.hasRemaining()) {
        plain.write(new ByteBuffer[] {encryptedOut}, 0, 1);
      }
      return !encryptedOut.hasRemaining();
    } finally {
      outLock.unlock();
    }
  }

  @Override
  public void await(boolean orWritable) throws IOException {
    plain.await(orWritable);
  }

  @Override
  public void wakeUp() {
    plain.wakeUp();
  }

  /** Says good-bye where that needs no wait, and closes. */
  @Override
  public void close() {
    engine.closeOutbound();
    try {
      wrapNothing();
      flush();
    } catch (IOException alreadyGone) {
      engine.closeOutbound();
    }
    plain.close();
  }
}
