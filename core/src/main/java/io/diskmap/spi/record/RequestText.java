package io.diskmap.spi.record;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** How a save's meaning and a file's kept facts are written into records. Stateless. */
public final class RequestText {
  private RequestText() {}

  public static void write(DataOutputStream out, WriteRequest request) throws IOException {
    out.writeUTF(request.writeId());
    out.writeLong(request.length().orElse(-1));
    out.writeByte(request.condition().kind().ordinal());
    if (request.condition().tag().isPresent()) {
      VersionTag tag = request.condition().tag().get();
      out.writeUTF(tag.value());
      out.writeBoolean(tag.strong());
    }
    out.writeByte(request.durability().ordinal());
    write(out, request.contentType());
    write(out, request.attributes());
    out.writeByte(request.record().size());
    for (ChecksumAlgorithm algorithm : request.record()) {
      out.writeByte(algorithm.ordinal());
    }
    write(out, request.expected().map(List::of).orElse(List.of()));
  }

  public static WriteRequest read(DataInputStream in, Call call) throws IOException {
    String id = in.readUTF();
    long length = in.readLong();
    WriteCondition.Kind kind = WriteCondition.Kind.values()[in.readByte()];
    WriteCondition condition =
        switch (kind) {
          case NONE -> WriteCondition.none();
          case IF_ABSENT -> WriteCondition.ifAbsent();
          case IF_MATCH -> WriteCondition.ifMatch(new VersionTag(in.readUTF(), in.readBoolean()));
        };
    Durability durability = Durability.values()[in.readByte()];
    Optional<String> contentType = readText(in);
    Map<String, String> attributes = readAttributes(in);
    Set<ChecksumAlgorithm> record = EnumSet.noneOf(ChecksumAlgorithm.class);
    for (int left = in.readByte(); left > 0; left--) {
      record.add(ChecksumAlgorithm.values()[in.readByte()]);
    }
    Optional<Checksum> expected = readChecksums(in).stream().findFirst();
    return new WriteRequest(
        id,
        length < 0 ? OptionalLong.empty() : OptionalLong.of(length),
        condition,
        durability,
        contentType,
        attributes,
        record,
        expected,
        call);
  }

  public static void write(DataOutputStream out, Optional<String> text) throws IOException {
    out.writeBoolean(text.isPresent());
    if (text.isPresent()) {
      out.writeUTF(text.get());
    }
  }

  public static Optional<String> readText(DataInputStream in) throws IOException {
    return in.readBoolean() ? Optional.of(in.readUTF()) : Optional.empty();
  }

  public static void write(DataOutputStream out, Map<String, String> attributes)
      throws IOException {
    out.writeShort(attributes.size());
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.writeUTF(attribute.getKey());
      out.writeUTF(attribute.getValue());
    }
  }

  public static Map<String, String> readAttributes(DataInputStream in) throws IOException {
    Map<String, String> attributes = new HashMap<>();
    for (int left = in.readShort(); left > 0; left--) {
      attributes.put(in.readUTF(), in.readUTF());
    }
    return attributes;
  }

  public static void write(DataOutputStream out, Collection<Checksum> checksums)
      throws IOException {
    out.writeByte(checksums.size());
    for (Checksum checksum : checksums) {
      out.writeByte(checksum.algorithm().ordinal());
      out.writeUTF(checksum.hex());
    }
  }

  public static List<Checksum> readChecksums(DataInputStream in) throws IOException {
    List<Checksum> checksums = new ArrayList<>();
    for (int left = in.readByte(); left > 0; left--) {
      checksums.add(new Checksum(ChecksumAlgorithm.values()[in.readByte()], in.readUTF()));
    }
    return checksums;
  }
}
