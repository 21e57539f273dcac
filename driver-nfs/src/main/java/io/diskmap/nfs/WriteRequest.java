package io.diskmap.nfs;

import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.OpReader.WriteResult;
import io.diskmap.nfs.v4.OpWriter;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.xdr.XdrException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WRITE of a caller's own buffer, which the connection must have let go before the caller gets
 * it back. Thread-safe.
 */
final class WriteRequest implements Request<WriteResult> {
  private final OpenFile file;
  private final long offset;
  private final ByteBuffer bytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition letGo = lock.newCondition();
  private int holders;

  WriteRequest(OpenFile file, long offset, ByteBuffer bytes) {
    this.file = file;
    this.offset = offset;
    this.bytes = bytes;
  }

  @Override
  public void encode(OpWriter out) {
    out.putFh(file.handle()).write(file.state(), offset, false, bytes);
  }

  @Override
  public WriteResult decode(OpReader in) throws XdrException, NfsStatusException {
    return in.putFh().write();
  }

  @Override
  public void hold() {
    lock.lock();
    try {
      holders++;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void release() {
    lock.lock();
    try {
      holders--;
      letGo.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until no connection uses the buffer: with the reply, or at last when a silent connection
   * is given up.
   */
  void awaitLetGo() {
    lock.lock();
    try {
      while (holders > 0) {
        letGo.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
