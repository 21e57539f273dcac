package io.diskmap.sshfs;

import io.diskmap.StorageException;
import java.util.concurrent.CompletableFuture;

/**
 * A request that was sent and its reply, once that has come. Thread-safe; one thread waits for it.
 */
final class Exchange {
  private final SftpChannel channel;
  private final int id;
  private final long weight;
  private final boolean dropped;
  private final long sentNanos = System.nanoTime();
  private final CompletableFuture<SftpReply> reply = new CompletableFuture<>();

  Exchange(SftpChannel channel, int id, long weight, boolean dropped) {
    this.channel = channel;
    this.id = id;
    this.weight = weight;
    this.dropped = dropped;
  }

  int id() {
    return id;
  }

  SftpChannel channel() {
    return channel;
  }

  long weight() {
    return weight;
  }

  long sentNanos() {
    return sentNanos;
  }

  boolean isDone() {
    return reply.isDone();
  }

  void complete(SftpReply answer) {
    if (dropped || !reply.complete(answer)) {
      channel.closeOpened(answer);
    }
  }

  void fail(StorageException why) {
    reply.completeExceptionally(why);
  }

  /**
   * Nobody takes the reply any more: a file or directory that the server opened for it is closed,
   * now or when the reply comes.
   */
  void abandon() {
    if (!reply.cancel(false) && !reply.isCompletedExceptionally()) {
      channel.closeOpened(reply.join());
    }
  }

  CompletableFuture<SftpReply> future() {
    return reply;
  }

  @Override
  public String toString() {
    return "request " + id;
  }
}
