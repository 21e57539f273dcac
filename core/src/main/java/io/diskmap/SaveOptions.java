package io.diskmap;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What a save means: condition, expectations, what is kept with the file. Copy and move take it
 * too.
 *
 * <p>Immutable.
 *
 * @param contentType an RFC 9110 media type; without it the name decides
 * @param condition what must hold when it is published
 * @param expectedLength refuses other content with LENGTH_MISMATCH
 * @param expectedChecksum refuses other content with CHECKSUM_MISMATCH
 * @param computeSha256 whether a SHA-256 is computed, returned and kept
 * @param recordChecksum whether the CRC-32C is kept with the file, whatever the disk's option says
 * @param attributes the user's: lower-case keys, 2 KiB of keys and values in all
 * @param durability what a return promises; without it the disk's option holds
 * @param cleanupAfter when the file may go, for the audit record
 * @param writeId makes a repeat of the same save recognisable: 32 lower-case hexadecimal digits
 * @param call limits and hooks
 */
public record SaveOptions(
    Optional<String> contentType,
    WriteCondition condition,
    OptionalLong expectedLength,
    Optional<Checksum> expectedChecksum,
    boolean computeSha256,
    boolean recordChecksum,
    Map<String, String> attributes,
    Optional<Durability> durability,
    Optional<Duration> cleanupAfter,
    Optional<String> writeId,
    CallOptions call) {
  /** The most UTF-8 bytes that all attributes may have together. */
  public static final int MAX_ATTRIBUTE_BYTES = 2048;

  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final SaveOptions DEFAULTS =
      new SaveOptions(
          Optional.empty(),
          WriteCondition.none(),
          OptionalLong.empty(),
          Optional.empty(),
          false,
          false,
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          CallOptions.defaults());

  public SaveOptions {
    Objects.requireNonNull(condition, "condition");
    Objects.requireNonNull(call, "call");
    contentType.ifPresent(SaveOptions::requireMediaType);
    writeId.ifPresent(
        id -> {
          if (!id.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("a write id is 32 lower-case hexadecimal digits");
          }
        });
    attributes = Map.copyOf(attributes);
    int bytes = 0;
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      if (!attribute.getKey().matches("[a-z0-9][a-z0-9._-]{0,127}")) {
        throw new IllegalArgumentException(
            "an attribute's key is 1 to 128 of a-z 0-9 . _ - and begins with a letter or digit");
      }
      bytes += attribute.getKey().length();
      bytes += attribute.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MAX_ATTRIBUTE_BYTES) {
      throw new IllegalArgumentException(
          "the attributes have " + bytes + " bytes; at most " + MAX_ATTRIBUTE_BYTES);
    }
  }

  private static void requireMediaType(String value) {
    boolean plain = value.chars().allMatch(c -> c >= 0x20 && c < 0x7F) && value.length() <= 255;
    if (!plain || !value.split(";", 2)[0].trim().matches(TOKEN + "/" + TOKEN)) {
      throw new IllegalArgumentException(
          "a content type is written type/subtype (RFC 9110, section 8.3)");
    }
  }

  /** No condition, no expectations. */
  public static SaveOptions defaults() {
    return DEFAULTS;
  }

  /** The defaults with a content type. */
  public static SaveOptions contentType(String value) {
    return DEFAULTS.withContentType(value);
  }

  /** The defaults, for a new file only. */
  public static SaveOptions ifAbsent() {
    return DEFAULTS.withCondition(WriteCondition.ifAbsent());
  }

  /** The defaults, for replacing this version only. */
  public static SaveOptions ifMatch(VersionTag tag) {
    return DEFAULTS.withCondition(WriteCondition.ifMatch(tag));
  }

  /** The same with a content type. */
  public SaveOptions withContentType(String value) {
    return new SaveOptions(
        Optional.of(value),
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same with a condition. */
  public SaveOptions withCondition(WriteCondition value) {
    return new SaveOptions(
        contentType,
        value,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same, for a new file only. */
  public SaveOptions withIfAbsent() {
    return withCondition(WriteCondition.ifAbsent());
  }

  /** The same, for replacing this version only. */
  public SaveOptions withIfMatch(VersionTag tag) {
    return withCondition(WriteCondition.ifMatch(tag));
  }

  /** The same, refusing content of another length. */
  public SaveOptions withExpectedLength(long value) {
    return new SaveOptions(
        contentType,
        condition,
        OptionalLong.of(value),
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same, refusing content with another checksum. */
  public SaveOptions withExpectedChecksum(Checksum value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        Optional.of(value),
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same with a SHA-256 computed and kept. */
  public SaveOptions withSha256() {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        true,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same, keeping the CRC-32C with the file. */
  public SaveOptions withRecordedChecksum() {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        true,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same with the user's attributes. */
  public SaveOptions withAttributes(Map<String, String> value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        value,
        durability,
        cleanupAfter,
        writeId,
        call);
  }

  /** The same with another promise about a crash. */
  public SaveOptions withDurability(Durability value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        Optional.of(value),
        cleanupAfter,
        writeId,
        call);
  }

  /** The same with a time after which the file may go. */
  public SaveOptions withCleanupAfter(Duration value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        Optional.of(value),
        writeId,
        call);
  }

  /** The same with an id that makes a repeat recognisable. */
  public SaveOptions withWriteId(String value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        Optional.of(value),
        call);
  }

  /** The same with other limits and hooks. */
  public SaveOptions withCall(CallOptions value) {
    return new SaveOptions(
        contentType,
        condition,
        expectedLength,
        expectedChecksum,
        computeSha256,
        recordChecksum,
        attributes,
        durability,
        cleanupAfter,
        writeId,
        value);
  }

  /** The same with a limit on the whole call. */
  public SaveOptions withTimeout(Duration value) {
    return withCall(call.withTimeout(value));
  }

  /** The same with a limit on standing still. */
  public SaveOptions withStallTimeout(Duration value) {
    return withCall(call.withStallTimeout(value));
  }

  /** The same with a hook for progress. */
  public SaveOptions withProgress(Consumer<Progress> value) {
    return withCall(call.withProgress(value));
  }

  /** The same, ended by this switch. */
  public SaveOptions withCancellation(Cancellation value) {
    return withCall(call.withCancellation(value));
  }
}
