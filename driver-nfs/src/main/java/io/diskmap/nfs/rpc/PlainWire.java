package io.diskmap.nfs.rpc;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A TCP connection without encryption.
 *
 * <p>The channel never blocks, so an interrupt of a caller's thread does not close it.
 */
final class PlainWire implements Wire {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;

  private PlainWire(SocketChannel channel, Selector selector, SelectionKey key) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
  }

  /** Connects within this time. */
  static PlainWire connect(String host, int port, Duration timeout) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    boolean connected = false;
    try {
      selector = Selector.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
      if (!channel.connect(address)) {
        awaitConnected(channel, selector, timeout);
      }
      connected = true;
      return new PlainWire(channel, selector, key);
    } finally {
      if (!connected) {
        channel.close();
        if (selector != null) {
          selector.close();
        }
      }
    }
  }

  private static void awaitConnected(SocketChannel channel, Selector selector, Duration timeout)
      throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no connection within " + timeout);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ConnectException("interrupted while connecting");
      }
      selector.select(left);
      if (channel.finishConnect()) {
        return;
      }
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public long write(ByteBuffer[] source, int offset, int count) throws IOException {
    return channel.write(source, offset, count);
  }

  @Override
  public void await(boolean orWritable) throws IOException {
    try {
      key.interestOps(SelectionKey.OP_READ | (orWritable ? SelectionKey.OP_WRITE : 0));
      selector.select();
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | java.nio.channels.CancelledKeyException e) {
      throw new java.nio.channels.ClosedChannelException();
    }
  }

  /** Waits like {@link #await}, at most this long. */
  void awaitWithin(boolean orWritable, Duration atMost) throws IOException {
    key.interestOps(SelectionKey.OP_READ | (orWritable ? SelectionKey.OP_WRITE : 0));
    selector.select(Math.max(1, atMost.toMillis()));
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new ConnectException("interrupted while connecting");
    }
  }

  @Override
  public void wakeUp() {
    selector.wakeup();
  }

  @Override
  public void close() {
    try {
      channel.close();
      selector.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket that never blocks closes", e);
    }
  }
}
