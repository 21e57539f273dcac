package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Messages that are signed, each by itself. Thread-safe. */
final class SignedSeal implements Seal {
  private static final int FLAGS = 16;
  private static final int ANSWER = 1;
  private static final int SIGNED = 8;
  private static final int MESSAGE_ID = Frames.MESSAGE_ID;
  private static final int SIGNATURE = 48;
  private static final int SLICE = 1024;

  /** Makes one more signer. */
  interface Signers {
    Signer make() throws GeneralSecurityException;
  }

  private final Signers signers;
  private final String name;
  private final ConcurrentLinkedDeque<Signer> idle = new ConcurrentLinkedDeque<>();

  SignedSeal(Signers signers, String name) {
    this.signers = signers;
    this.name = name;
  }

  /** Signatures of one kind. */
  static SignedSeal of(Signing signing, byte[] key) {
    return switch (signing) {
      case HMAC_SHA256 -> new SignedSeal(() -> new HmacSigner(key), "HMAC-SHA256");
      case AES_CMAC -> new SignedSeal(() -> new CmacSigner(key), "AES-128-CMAC");
      case AES_GMAC -> new SignedSeal(() -> new GmacSigner(key), "AES-128-GMAC");
    };
  }

  @Override
  public int headroom() {
    return 0;
  }

  @Override
  public void seal(ByteBuffer frame, int start, int[] starts) throws IOException {
    for (int i = 0; i < starts.length; i++) {
      int from = starts[i];
      int to = i + 1 < starts.length ? starts[i + 1] : frame.limit();
      frame.putInt(from + FLAGS, frame.getInt(from + FLAGS) | SIGNED);
      frame.put(from + SIGNATURE, sign(frame, from, to));
    }
  }

  private byte[] sign(ByteBuffer frame, int from, int to) throws IOException {
    try {
      Signer signer = take();
      boolean isAnswer = (frame.getInt(from + FLAGS) & ANSWER) != 0;
      signer.begin(frame.getLong(from + MESSAGE_ID), isAnswer);
      if (frame.hasArray()) {
        signer.update(frame.array(), frame.arrayOffset() + from, to - from);
      } else {
        byte[] slice = new byte[SLICE];
        for (int at = from; at < to; ) {
          int count = Math.min(SLICE, to - at);
          frame.get(at, slice, 0, count);
          signer.update(slice, 0, count);
          at += count;
        }
      }
      byte[] signature = signer.finish();
      idle.addLast(signer);
      return signature;
    } catch (GeneralSecurityException e) {
      throw new IOException("a message could not be signed", e);
    }
  }

  private Signer take() throws GeneralSecurityException {
    Signer known = idle.pollLast();
    return known != null ? known : signers.make();
  }

  @Override
  public ByteBuffer open(byte[] frame, int length) throws IOException {
    if (frame[0] != (byte) 0xFE) {
      throw Seal.unexpected("a message that is not of a signed session");
    }
    return ByteBuffer.wrap(frame, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void verify(ByteBuffer message) throws IOException {
    if ((message.getInt(FLAGS) & SIGNED) == 0) {
      throw Seal.unexpected("a message without a signature");
    }
    byte[] told = new byte[Signer.LENGTH];
    message.get(SIGNATURE, told);
    message.put(SIGNATURE, new byte[Signer.LENGTH]);
    if (!MessageDigest.isEqual(told, sign(message, 0, message.limit()))) {
      throw Seal.unexpected("a message with a wrong signature");
    }
  }

  @Override
  public String name() {
    return "signed " + name;
  }
}
