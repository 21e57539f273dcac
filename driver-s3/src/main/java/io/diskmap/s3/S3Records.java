package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.EntryType;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of uploads: what an unfinished one means, and what a finished one answered. They are
 * small objects below {@code .diskmap/}, so that any process goes on with an upload.
 *
 * <p>Stateless.
 */
final class S3Records {
  private S3Records() {}

  /**
   * An unfinished upload.
   *
   * @param path where it is published
   * @param uploadId of the multipart upload
   * @param staged whether it is completed under a key of its own and verified there
   * @param chunkSize how long its parts are
   * @param begun when, by the store's clock
   * @param request what the save means
   */
  record Open(
      StoragePath path,
      String uploadId,
      boolean staged,
      int chunkSize,
      Instant begun,
      WriteRequest request) {}

  static String text(Open upload) {
    WriteRequest request = upload.request;
    Map<String, String> fields = new HashMap<>();
    fields.put("path", upload.path.value());
    fields.put("upload", upload.uploadId);
    fields.put("staged", Boolean.toString(upload.staged));
    fields.put("chunk", Integer.toString(upload.chunkSize));
    fields.put("begun", upload.begun.toString());
    fields.put("write-id", request.writeId());
    fields.put("condition", request.condition().kind().name());
    request.condition().tag().ifPresent(tag -> fields.put("match", tag.value()));
    fields.put("durability", request.durability().name());
    request.length().ifPresent(length -> fields.put("length", Long.toString(length)));
    request.contentType().ifPresent(type -> fields.put("type", type));
    fields.put("attributes", S3Fields.encode(request.attributes()));
    request.record().forEach(algorithm -> fields.put("record-" + algorithm.label(), "1"));
    request
        .expected()
        .ifPresent(
            sum -> {
              fields.put("expected", sum.algorithm().name());
              fields.put("expected-value", sum.hex());
            });
    return S3Fields.encode(fields);
  }

  /** Reads a record; NOT_FOUND where it is damaged. */
  static Open open(String text, Call call) throws StorageException {
    try {
      return open(S3Fields.decode(text), call);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged(e);
    }
  }

  private static Open open(Map<String, String> fields, Call call) throws StorageException {
    Set<ChecksumAlgorithm> record = EnumSet.noneOf(ChecksumAlgorithm.class);
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      if (fields.containsKey("record-" + algorithm.label())) {
        record.add(algorithm);
      }
    }
    WriteCondition.Kind kind = WriteCondition.Kind.valueOf(need(fields, "condition"));
    WriteRequest request =
        new WriteRequest(
            need(fields, "write-id"),
            fields.containsKey("length")
                ? OptionalLong.of(Long.parseLong(need(fields, "length")))
                : OptionalLong.empty(),
            new WriteCondition(
                kind, Optional.ofNullable(fields.get("match")).map(VersionTag::strong)),
            Durability.valueOf(need(fields, "durability")),
            Optional.ofNullable(fields.get("type")),
            S3Fields.decode(fields.getOrDefault("attributes", "")),
            record,
            expected(fields.get("expected"), fields.get("expected-value")),
            call);
    return new Open(
        StoragePath.of(need(fields, "path")),
        need(fields, "upload"),
        Boolean.parseBoolean(need(fields, "staged")),
        Integer.parseInt(need(fields, "chunk")),
        Instant.parse(need(fields, "begun")),
        request);
  }

  private static Optional<Checksum> expected(@Nullable String algorithm, @Nullable String hex) {
    return algorithm == null || hex == null
        ? Optional.empty()
        : Optional.of(new Checksum(ChecksumAlgorithm.valueOf(algorithm), hex));
  }

  /** The answer of a finished save. */
  static String text(FileMetadata file, int chunkSize) {
    Map<String, String> fields = new HashMap<>();
    fields.put("path", file.path().value());
    fields.put("chunk", Integer.toString(chunkSize));
    fields.put("size", Long.toString(file.size()));
    fields.put("modified", file.modified().toString());
    fields.put("tag", file.versionTag().value());
    file.contentType().ifPresent(type -> fields.put("type", type));
    fields.put("attributes", S3Fields.encode(file.attributes()));
    file.checksums().forEach(sum -> fields.put("sum-" + sum.algorithm().label(), sum.hex()));
    return S3Fields.encode(fields);
  }

  /** A finished save's answer. */
  record Done(FileMetadata file, int chunkSize) {}

  /** Reads an answer; NOT_FOUND where its record is damaged. */
  static Done done(String text) throws StorageException {
    try {
      return done(S3Fields.decode(text));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged(e);
    }
  }

  private static Done done(Map<String, String> fields) throws StorageException {
    List<Checksum> sums = new ArrayList<>();
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      S3Meta.sum(algorithm, fields.get("sum-" + algorithm.label())).ifPresent(sums::add);
    }
    FileMetadata file =
        new FileMetadata(
            StoragePath.of(need(fields, "path")),
            EntryType.FILE,
            Long.parseLong(need(fields, "size")),
            Instant.parse(need(fields, "modified")),
            VersionTag.strong(need(fields, "tag")),
            Optional.ofNullable(fields.get("type")),
            sums,
            S3Fields.decode(fields.getOrDefault("attributes", "")));
    return new Done(file, Integer.parseInt(need(fields, "chunk")));
  }

  private static String need(Map<String, String> fields, String name) throws StorageException {
    String value = fields.get(name);
    if (value == null) {
      throw damaged(null);
    }
    return value;
  }

  private static StorageException damaged(@Nullable RuntimeException cause) {
    return StorageException.of(
        ErrorKind.NOT_FOUND, "The upload's record is damaged; begin another upload.", cause);
  }
}
