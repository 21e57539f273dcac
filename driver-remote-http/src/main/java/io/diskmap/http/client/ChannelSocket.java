package io.diskmap.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A client's socket over a channel, to which the system can move a file without a copy. As
 * thread-safe as any socket.
 */
final class ChannelSocket extends SocketImpl {
  private final SocketChannel channel;
  private final Socket adaptor;

  /** Not connected yet. */
  ChannelSocket() throws IOException {
    this.channel = SocketChannel.open();
    this.adaptor = channel.socket();
  }

  /** The channel; it blocks. */
  SocketChannel channel() {
    return channel;
  }

  @Override
  protected void create(boolean stream) {}

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(SocketAddress peer, int timeoutMillis) throws IOException {
    adaptor.connect(peer, timeoutMillis);
    address = adaptor.getInetAddress();
    port = adaptor.getPort();
    localport = adaptor.getLocalPort();
  }

  @Override
  protected void bind(InetAddress host, int localPort) throws IOException {
    adaptor.bind(new InetSocketAddress(host, localPort));
    localport = adaptor.getLocalPort();
  }

  @Override
  protected void listen(int backlog) throws IOException {
    throw new SocketException("a client's socket does not listen");
  }

  @Override
  protected void accept(SocketImpl socket) throws IOException {
    throw new SocketException("a client's socket does not accept");
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    return adaptor.getInputStream();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    return adaptor.getOutputStream();
  }

  @Override
  protected int available() throws IOException {
    return adaptor.getInputStream().available();
  }

  @Override
  protected void shutdownInput() throws IOException {
    channel.shutdownInput();
  }

  @Override
  protected void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  protected void sendUrgentData(int octet) throws IOException {
    adaptor.sendUrgentData(octet);
  }

  @Override
  protected void close() throws IOException {
    channel.close();
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    switch (option) {
      case SocketOptions.SO_TIMEOUT -> adaptor.setSoTimeout((Integer) value);
      case SocketOptions.TCP_NODELAY -> adaptor.setTcpNoDelay((Boolean) value);
      case SocketOptions.SO_KEEPALIVE -> adaptor.setKeepAlive((Boolean) value);
      case SocketOptions.SO_RCVBUF -> adaptor.setReceiveBufferSize((Integer) value);
      case SocketOptions.SO_SNDBUF -> adaptor.setSendBufferSize((Integer) value);
      case SocketOptions.SO_REUSEADDR -> adaptor.setReuseAddress((Boolean) value);
      case SocketOptions.SO_LINGER ->
          adaptor.setSoLinger(value instanceof Integer, value instanceof Integer s ? s : 0);
      default -> throw new SocketException("no such option of a client's socket: " + option);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    return switch (option) {
      case SocketOptions.SO_TIMEOUT -> adaptor.getSoTimeout();
      case SocketOptions.TCP_NODELAY -> adaptor.getTcpNoDelay();
      case SocketOptions.SO_KEEPALIVE -> adaptor.getKeepAlive();
      case SocketOptions.SO_RCVBUF -> adaptor.getReceiveBufferSize();
      case SocketOptions.SO_SNDBUF -> adaptor.getSendBufferSize();
      case SocketOptions.SO_REUSEADDR -> adaptor.getReuseAddress();
      case SocketOptions.SO_LINGER -> adaptor.getSoLinger();
      case SocketOptions.SO_BINDADDR -> adaptor.getLocalAddress();
      default -> throw new SocketException("no such option of a client's socket: " + option);
    };
  }
}
