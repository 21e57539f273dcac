package io.diskmap.audit.jdbc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One link of a writer's chain. Immutable; nobody changes the hash.
 *
 * @param writer the id of the process run
 * @param sequence counted from 1 without a gap
 * @param phase what kind of link
 * @param facts what it says
 * @param hash SHA-256 over the hash before it and its own content
 */
record ChainEntry(long writer, long sequence, Phase phase, Facts facts, byte[] hash) {
  static final int HASH_BYTES = 32;

  private static final byte VERSION = 1;
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(ChainEntry::newDigest);

  /** What kinds of links there are. */
  enum Phase {
    /** An operation begins. */
    INTENT,
    /** An operation ended. */
    OUTCOME,
    /** The chain says something of itself or of others. */
    MARK;

    static Phase of(int number) {
      return values()[number];
    }

    /** Whether it stands in the table of what ended. */
    boolean isRecord() {
      return this == OUTCOME;
    }
  }

  /** The link after this hash. */
  static ChainEntry after(byte[] before, long writer, long sequence, Phase phase, Facts facts) {
    return new ChainEntry(
        writer, sequence, phase, facts, hash(before, writer, sequence, phase, facts));
  }

  /** What the hash must be after this one. */
  byte[] expectedHash(byte[] before) {
    return hash(before, writer, sequence, phase, facts);
  }

  private static byte[] hash(byte[] before, long writer, long sequence, Phase phase, Facts facts) {
    MessageDigest digest = SHA256.get();
    digest.update(before);
    digest.update(content(writer, sequence, phase, facts));
    return digest.digest();
  }

  /** The hash before the first link of a writer. */
  static byte[] genesis(long writer) {
    MessageDigest digest = SHA256.get();
    digest.update("diskmap audit chain ".getBytes(StandardCharsets.US_ASCII));
    digest.update(name(writer).getBytes(StandardCharsets.US_ASCII));
    return digest.digest();
  }

  /** How people see a writer's id. */
  static String name(long writer) {
    return HexFormat.of().toHexDigits(writer, 12);
  }

  /** The writer of this name. */
  static long writer(String name) {
    return HexFormat.fromHexDigitsToLong(name);
  }

  /** All of it, for the journal. */
  byte[] bytes() {
    byte[] content = content(writer, sequence, phase, facts);
    byte[] all = new byte[content.length + HASH_BYTES];
    System.arraycopy(content, 0, all, 0, content.length);
    System.arraycopy(hash, 0, all, content.length, HASH_BYTES);
    return all;
  }

  static ChainEntry of(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readByte() != VERSION) {
        throw new IOException("the journal is of a newer release");
      }
      long writer = in.readLong();
      long sequence = in.readLong();
      Phase phase = Phase.of(in.readByte());
      Facts facts = Facts.readFrom(in);
      return new ChainEntry(writer, sequence, phase, facts, in.readNBytes(HASH_BYTES));
    }
  }

  private static byte[] content(long writer, long sequence, Phase phase, Facts facts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(writer);
      out.writeLong(sequence);
      out.writeByte(phase.ordinal());
      facts.writeTo(out);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot be written", impossible);
    }
    return bytes.toByteArray();
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
