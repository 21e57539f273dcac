package io.diskmap.http.server;

import io.diskmap.ByteRange;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open file of {@link KeptFiles} and what has gone out of it. The fields are guarded by the
 * lock of its owner; the methods are thread-safe.
 */
final class KeptFile {
  private static final Logger LOG = LoggerFactory.getLogger(KeptFile.class);

  private final Download opened;
  private final FileChannel channel;
  private final ByteRange whole;
  private final ReentrantLock counting = new ReentrantLock();
  private volatile long sent;
  private volatile boolean reachedEnd;

  /** How many requests read it. */
  int users;

  /** When the last request ended. */
  long lastUsed = System.nanoTime();

  /** Whether the client has said that it has left. */
  boolean left;

  /** Whether somebody looks later whether it is still used. */
  boolean watched;

  KeptFile(Download opened, FileChannel channel, ByteRange whole) {
    this.opened = opened;
    this.channel = channel;
    this.whole = whole.within(opened.metadata().size());
  }

  FileMetadata metadata() {
    return opened.metadata();
  }

  FileChannel channel() {
    return channel;
  }

  /** Counts bytes that went out: the audit record of the download holds their sum. */
  void sent(long count, long upTo) {
    counting.lock();
    try {
      reachedEnd |= upTo >= whole.offset() + whole.length();
      sent += count;
      opened.sent(count);
    } finally {
      counting.unlock();
    }
  }

  /** Whether the last byte has gone out, and as many as the client reads in all. */
  boolean isComplete() {
    return reachedEnd && sent >= whole.length();
  }

  void close() {
    try {
      opened.close();
    } catch (IOException e) {
      LOG.warn("a file that was kept open for a client cannot be closed", e);
    }
  }
}
