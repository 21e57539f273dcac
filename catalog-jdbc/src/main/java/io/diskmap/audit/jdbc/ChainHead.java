package io.diskmap.audit.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The last link that a chain had at some moment, to compare a later store with. Immutable.
 *
 * @param writer whose chain
 * @param sequence the number of the link
 * @param hash its hash in hexadecimal digits
 */
public record ChainHead(String writer, long sequence, String hash) {
  public ChainHead {
    if (!writer.matches("[0-9a-f]{12}") || sequence < 0 || !hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "a head is written writer:number:hash with 12 and 64 hexadecimal digits");
    }
  }

  static ChainHead of(long writer, long sequence, byte[] hash) {
    return new ChainHead(ChainEntry.name(writer), sequence, HexFormat.of().formatHex(hash));
  }

  /** The head that {@link #toString} wrote. */
  public static ChainHead parse(String text) {
    String[] parts = text.strip().split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("a head is written writer:number:hash");
    }
    return new ChainHead(parts[0], Long.parseLong(parts[1]), parts[2]);
  }

  static List<ChainHead> parseAll(String text) {
    List<ChainHead> heads = new ArrayList<>();
    Arrays.stream(text.split(" "))
        .filter(part -> !part.isEmpty())
        .forEach(part -> heads.add(parse(part)));
    return heads;
  }

  long id() {
    return ChainEntry.writer(writer);
  }

  byte[] hashBytes() {
    return HexFormat.of().parseHex(hash);
  }

  /** The form {@code writer:number:hash}. */
  @Override
  public String toString() {
    return writer + ":" + sequence + ":" + hash;
  }
}
