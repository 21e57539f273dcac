package io.diskmap.sshfs;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of an SSH agent, which holds private keys and signs with them
 * (draft-ietf-sshm-ssh-agent).
 *
 * <p>For one thread. Each question has a time limit, also where the agent asks its user first.
 */
final class SshAgent implements AutoCloseable {
  private static final int REQUEST_IDENTITIES = 11;
  private static final int IDENTITIES = 12;
  private static final int SIGN_REQUEST = 13;
  private static final int SIGNATURE = 14;
  private static final int LONGEST = 256 * 1024;

  /** Asks for SHA-512 where the key is RSA; the agent's own choice would be SHA-1. */
  private static final int SHA2_512 = 4;

  private final SocketChannel channel;
  private final Selector selector;
  private final Duration timeout;

  private SshAgent(SocketChannel channel, Selector selector, Duration timeout) {
    this.channel = channel;
    this.selector = selector;
    this.timeout = timeout;
  }

  /** The agent that listens on a socket of this machine. */
  static SshAgent connect(Path socket, Duration timeout) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean connected = false;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      Selector selector = channel.provider().openSelector();
      channel.register(selector, SelectionKey.OP_READ);
      connected = true;
      return new SshAgent(channel, selector, timeout);
    } finally {
      if (!connected) {
        channel.close();
      }
    }
  }

  /** A public key whose private half the agent holds, as SSH writes it. */
  record Identity(byte[] blob) {
    /** The name of the signatures that it is used with. */
    String algorithm() {
      ByteBuffer in = ByteBuffer.wrap(blob);
      String type = new String(text(in), StandardCharsets.US_ASCII);
      return switch (type) {
        case "ssh-rsa" -> "rsa-sha2-512";
        case "ssh-rsa-cert-v01@openssh.com" -> "rsa-sha2-512-cert-v01@openssh.com";
        default -> type;
      };
    }
  }

  /** The keys that the agent holds, in its order. */
  List<Identity> identities() throws IOException {
    ByteBuffer reply = ask(IDENTITIES, ByteBuffer.allocate(1).put((byte) REQUEST_IDENTITIES));
    try {
      List<Identity> found = new ArrayList<>();
      for (int left = reply.getInt(); left > 0; left--) {
        found.add(new Identity(text(reply)));
        text(reply);
      }
      return found;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("the SSH agent's list of keys is garbled", e);
    }
  }

  /** The agent's signature of the data, with the name of its kind before it. */
  byte[] sign(Identity identity, byte[] data) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(1 + 4 + identity.blob().length + 4 + data.length + 4);
    request.put((byte) SIGN_REQUEST);
    request.putInt(identity.blob().length).put(identity.blob());
    request.putInt(data.length).put(data);
    request.putInt(identity.algorithm().startsWith("rsa-") ? SHA2_512 : 0);
    try {
      return text(ask(SIGNATURE, request));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("the SSH agent's signature is garbled", e);
    }
  }

  private static byte[] text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private ByteBuffer ask(int expected, ByteBuffer request) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    request.flip();
    ByteBuffer length = ByteBuffer.allocate(4).putInt(request.remaining()).flip();
    while (length.hasRemaining() || request.hasRemaining()) {
      if (channel.write(new ByteBuffer[] {length, request}) == 0) {
        await(SelectionKey.OP_WRITE, end);
      }
    }
    int bytes = fill(ByteBuffer.allocate(4), end).getInt();
    if (bytes < 1 || bytes > LONGEST) {
      throw new IOException("the SSH agent sent a reply of " + bytes + " bytes");
    }
    ByteBuffer reply = fill(ByteBuffer.allocate(bytes), end);
    int type = reply.get() & 0xFF;
    if (type != expected) {
      throw new IOException("the SSH agent refused, with message " + type);
    }
    return reply;
  }

  private ByteBuffer fill(ByteBuffer target, long end) throws IOException {
    while (target.hasRemaining()) {
      int count = channel.read(target);
      if (count < 0) {
        throw new IOException("the SSH agent closed the connection");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ, end);
      }
    }
    return target.flip();
  }

  private void await(int what, long end) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new IOException("the SSH agent did not answer within " + timeout.toMillis() + " ms");
    }
    for (SelectionKey key : selector.keys()) {
      key.interestOps(what);
    }
    selector.select(left);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("the wait for the SSH agent was interrupted");
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      selector.close();
    }
  }
}
