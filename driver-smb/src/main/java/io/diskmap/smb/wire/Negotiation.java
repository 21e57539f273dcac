package io.diskmap.smb.wire;

import com.hierynomus.mssmb2.messages.SMB2NegotiateRequest;
import com.hierynomus.protocol.commons.buffer.Buffer;
import com.hierynomus.security.SecurityProvider;
import com.hierynomus.smb.SMBBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the driver adds to smbj's negotiation: signatures by AES-GMAC, of which smbj does not know.
 * Thread-safe.
 *
 * <p>The offer goes behind what smbj offers. The server's choice is taken out of the answer before
 * smbj reads it; where smbj hashes the negotiation, which protects it against changes on the way,
 * it is given what was really sent.
 */
final class Negotiation {
  private static final int STATUS = 8;
  private static final int DIALECTS = 100;
  private static final int DIALECT_COUNT = 66;
  private static final int OFFERS_AT = 92;
  private static final int OFFERS = 96;
  private static final int ANSWERED_DIALECT = 68;
  private static final int ANSWERS = 70;
  private static final int ANSWERS_AT = 124;
  private static final int SHORTEST = 128;
  private static final short SMB_3_1_1 = 0x0311;
  private static final int CONTEXT_HEADER = 8;
  private static final short SIGNING = 8;
  private static final short CMAC = 1;
  private static final short GMAC = 2;

  /** An answer as it came, and as smbj gets to see it. */
  private record Told(byte[] original, byte[] shown) {}

  private volatile Signing signing = Signing.AES_CMAC;
  private volatile @Nullable Told told;

  /** How messages are signed by SMB 3. */
  Signing signing() {
    return signing;
  }

  /** Adds the offer to a request that smbj has written and that offers SMB 3.1.1. */
  void offer(SMB2NegotiateRequest request) {
    SMBBuffer buffer = request.getBuffer();
    int start = buffer.rpos();
    ByteBuffer before = wrap(buffer);
    int offers = before.getShort(start + OFFERS);
    int dialects = before.getShort(start + DIALECT_COUNT);
    pad(buffer, start);
    buffer.putUInt16(SIGNING).putUInt16(6).putUInt32(0);
    buffer.putUInt16(2).putUInt16(GMAC).putUInt16(CMAC);
    ByteBuffer written = wrap(buffer);
    written.putInt(start + OFFERS_AT, aligned(DIALECTS + 2 * dialects));
    written.putShort(start + OFFERS, (short) (offers + 1));
    request.getHeader().setMessageEndPosition(buffer.wpos());
  }

  private static void pad(Buffer<?> buffer, int start) {
    while ((buffer.wpos() - start) % 8 != 0) {
      buffer.putByte((byte) 0);
    }
  }

  private static ByteBuffer wrap(Buffer<?> buffer) {
    return ByteBuffer.wrap(buffer.array()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int aligned(int at) {
    return (at + 7) / 8 * 8;
  }

  /** Takes the server's choice out of its answer; the rest is for smbj. */
  byte[] take(byte[] answer) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
    if (answer.length < SHORTEST
        || in.getInt(STATUS) != NtStatus.SUCCESS
        || in.getShort(ANSWERED_DIALECT) != SMB_3_1_1) {
      return answer;
    }
    int at = in.getShort(ANSWERS_AT) & 0xFFFF;
    ByteBuffer out = ByteBuffer.allocate(answer.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    out.put(answer, 0, Math.min(at, answer.length));
    int kept = 0;
    int end = at;
    for (int i = 0; i < (in.getShort(ANSWERS) & 0xFFFF); i++) {
      at = aligned(end);
      if (at < SHORTEST || at > answer.length - CONTEXT_HEADER) {
        throw damaged();
      }
      end = at + CONTEXT_HEADER + (in.getShort(at + 2) & 0xFFFF);
      if (end > answer.length) {
        throw damaged();
      }
      if (in.getShort(at) == SIGNING) {
        signing = chosen(in, at + CONTEXT_HEADER, end);
      } else {
        out.position(aligned(out.position())).put(answer, at, end - at);
        kept++;
      }
    }
    out.putShort(ANSWERS, (short) kept);
    byte[] shown = Arrays.copyOf(out.array(), out.position());
    told = new Told(answer, shown);
    return shown;
  }

  private static Signing chosen(ByteBuffer in, int at, int end) throws IOException {
    int choice = end >= at + 4 && in.getShort(at) == 1 ? in.getShort(at + 2) : -1;
    return switch (choice) {
      case CMAC -> Signing.AES_CMAC;
      case GMAC -> Signing.AES_GMAC;
      default -> throw damaged();
    };
  }

  private static IOException damaged() {
    return new IOException("the server answered the negotiation with what was not offered");
  }

  /** The ciphers of smbj, whose digests are over what was really sent. */
  SecurityProvider security() {
    return new LoginSecurity(this::original);
  }

  private byte[] original(byte[] bytes) {
    Told known = told;
    return known != null && Arrays.equals(known.shown(), bytes) ? known.original() : bytes;
  }
}
