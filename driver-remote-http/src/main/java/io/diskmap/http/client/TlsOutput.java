package io.diskmap.http.client;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is to be encrypted into full records, and the records into full blocks. For one
 * thread at a time.
 *
 * <p>One that failed fails for good. OkHttp writes 8 KiB at a time; the JDK makes a record of each
 * write and sends it off at once. Full records are half as many to encrypt and to check, full
 * blocks an eighth of the packets.
 */
final class TlsOutput extends OutputStream {
  /** How much the JDK puts into a record of TLS 1.3, 17 less than RFC 8446, section 5.1, allows. */
  private static final int RECORD = 16 * 1024 - 17;

  private final OutputStream tls;
  private final BufferedSocket under;
  private final byte[] record = new byte[RECORD];
  private int used;
  private volatile boolean established;
  private @Nullable IOException broken;

  /** Writes to the stream, which encrypts and writes to the socket. */
  TlsOutput(OutputStream tls, BufferedSocket under) {
    this.tls = tls;
    this.under = under;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, RECORD - used);
      System.arraycopy(source, offset + done, record, used, count);
      used += count;
      done += count;
      if (used == RECORD) {
        encrypt();
      }
    }
  }

  /** Lets records wait for each other from now on; those of a handshake may not. */
  void established() {
    established = true;
  }

  private void encrypt() throws IOException {
    requireWhole();
    int length = used;
    used = 0;
    under.gather(established);
    try {
      tls.write(record, 0, length);
    } catch (IOException e) {
      broken = e;
      throw e;
    } finally {
      under.gather(false);
    }
  }

  private void requireWhole() throws IOException {
    if (broken != null) {
      throw new IOException("the connection is broken", broken);
    }
  }

  @Override
  public void flush() throws IOException {
    requireWhole();
    if (used > 0) {
      encrypt();
    }
    under.getOutputStream().flush();
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      tls.close();
    }
  }
}
