package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bytes of a server, laid out as RFC 8881 says, over a real socket: it makes sessions, and
 * answers what comes through a slot as the test's script tells. For any thread.
 */
final class ScriptedServer implements AutoCloseable {
  /**
   * A compound that came.
   *
   * @param connection over which connection, counted from 1
   * @param minor the minor version
   * @param first the first operation, the one behind SEQUENCE where that is first
   * @param slot the slot, or -1 outside a session
   * @param sequence the slot's number
   * @param kept whether the reply is to be kept
   * @param bytes all operations behind the header, as hexadecimal digits
   */
  record Seen(
      int connection, int minor, int first, int slot, int sequence, boolean kept, String bytes) {}

  /** What the server does with a compound. */
  sealed interface Answer {
    /** Refuses the slot, or the only operation, with a status. */
    record Refusal(int status) implements Answer {}

    /** Results behind SEQUENCE: the compound's status, how many, their bytes, and the flags. */
    record Results(int status, int count, XdrWriter bytes, int flags) implements Answer {}

    /** No answer, and the end of the connection. */
    record Drop() implements Answer {}

    /** No answer. */
    record Silence() implements Answer {}
  }

  /** Decides over a compound; null leaves it to the server. */
  interface Script {
    Answer answer(Seen seen);
  }

  private static final int CALL_HEADER = 6;
  private final ServerSocket listener = listen();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger sessions = new AtomicInteger();
  private final Script script;
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** Minor versions above this one are refused. */
  volatile int highestMinor = 2;

  ScriptedServer(Script script) {
    this.script = script;
    Thread thread = new Thread(this::accept, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The compounds with this operation first. */
  List<Seen> seen(int first) {
    return seen.stream().filter(each -> each.first() == first).toList();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        int number = accepted.incrementAndGet();
        Thread thread = new Thread(() -> serve(socket, number), "scripted-connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      accepted.incrementAndGet();
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] message = new byte[in.readInt() & Integer.MAX_VALUE];
        in.readFully(message);
        if (!answer(message, number, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException ended) {
      sockets.remove(socket);
    }
  }

  private boolean answer(byte[] message, int number, OutputStream out) throws IOException {
    XdrReader in = new XdrReader(ByteBuffer.wrap(message));
    int xid = in.int32();
    for (int i = 1; i < CALL_HEADER; i++) {
      in.int32();
    }
    for (int i = 0; i < 2; i++) {
      in.int32();
      in.opaque(1000);
    }
    in.opaque(100);
    int minor = in.int32();
    int count = in.int32();
    String bytes =
        HexFormat.of().formatHex(message, message.length - in.remaining(), message.length);
    int op = in.int32();
    byte[] session = new byte[16];
    Seen request = new Seen(number, minor, op, -1, 0, false, bytes);
    if (op == Op.SEQUENCE) {
      session = in.fixed(16);
      int sequence = in.int32();
      int slot = in.int32();
      in.int32();
      boolean kept = in.bool();
      request = new Seen(number, minor, count == 1 ? op : in.int32(), slot, sequence, kept, bytes);
    }
    seen.add(request);
    Answer told = minor > highestMinor ? new Answer.Refusal(10021) : script.answer(request);
    Answer answer = told == null ? usual(request) : told;
    if (answer instanceof Answer.Silence) {
      return true;
    }
    if (answer instanceof Answer.Drop) {
      return false;
    }
    byte[] reply = reply(xid, op, session, request, answer).toByteArray();
    out.write(
        ByteBuffer.allocate(4 + reply.length).putInt(reply.length | 1 << 31).put(reply).array());
    return true;
  }

  private static XdrWriter reply(int xid, int op, byte[] session, Seen request, Answer answer) {
    XdrWriter out = new XdrWriter().int32(xid).int32(1).int32(0).int32(0).int32(0).int32(0);
    if (answer instanceof Answer.Refusal refusal) {
      return out.int32(refusal.status()).int32(0).int32(1).int32(op).int32(refusal.status());
    }
    Answer.Results results = (Answer.Results) answer;
    boolean inSlot = request.slot() >= 0;
    out.int32(results.status()).int32(0).int32(results.count() + (inSlot ? 1 : 0));
    if (inSlot) {
      out.int32(Op.SEQUENCE).int32(0).fixed(session).int32(request.sequence());
      out.int32(request.slot()).int32(63).int32(63).int32(results.flags());
    }
    return out.fixed(results.bytes().toByteArray());
  }

  private Answer usual(Seen request) {
    XdrWriter out = new XdrWriter().int32(request.first()).int32(0);
    switch (request.first()) {
      case Op.EXCHANGE_ID ->
          out.int64(0x77 + sessions.get())
              .int32(1)
              .int32(0)
              .int32(0)
              .int64(1)
              .int32(0)
              .int32(0)
              .int32(0);
      case Op.CREATE_SESSION -> {
        out.fixed(new byte[] {(byte) sessions.incrementAndGet(), 0, 0, 0}).int64(0).int32(0);
        out.int32(1).int32(0);
        for (int i = 0; i < 2; i++) {
          out.int32(0).int32(1 << 20).int32(1 << 20).int32(4096).int32(64).int32(4).int32(0);
        }
      }
      case Op.BIND_CONN_TO_SESSION -> out.fixed(new byte[16]).int32(1).int32(0);
      case Op.SEQUENCE -> {
        return new Answer.Results(0, 0, new XdrWriter(), 0);
      }
      default -> {}
    }
    return new Answer.Results(0, 1, out, 0);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : sockets) {
      each.close();
    }
  }
}
