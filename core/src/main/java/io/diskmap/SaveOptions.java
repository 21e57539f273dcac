package io.diskmap;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What a save means: condition, expectations, what is kept with the file. Copy and move take it
 * too.
 *
 * <p>Immutable: each {@code with} method answers new options.
 */
public final class SaveOptions {
  /** The most UTF-8 bytes that all attributes may have together. */
  public static final int MAX_ATTRIBUTE_BYTES = 2048;

  /** The shortest chunks that can be asked for. */
  public static final int MIN_CHUNK_BYTES = 64 << 10;

  /** The longest chunks that can be asked for. */
  public static final int MAX_CHUNK_BYTES = 8 << 20;

  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final SaveOptions DEFAULTS = new SaveOptions(new Values());

  private final Values values;

  private SaveOptions(Values values) {
    this.values = values;
  }

  private SaveOptions with(Consumer<Values> change) {
    Values changed = new Values(values);
    change.accept(changed);
    return new SaveOptions(changed);
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
    return DEFAULTS.withIfAbsent();
  }

  /** The defaults, for replacing this version only. */
  public static SaveOptions ifMatch(VersionTag tag) {
    return DEFAULTS.withIfMatch(tag);
  }

  /** The same with a content type. */
  public SaveOptions withContentType(String value) {
    requireMediaType(value);
    return with(v -> v.contentType = Optional.of(value));
  }

  /** The same with a condition. */
  public SaveOptions withCondition(WriteCondition value) {
    Objects.requireNonNull(value, "condition");
    return with(v -> v.condition = value);
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
    return with(v -> v.expectedLength = OptionalLong.of(value));
  }

  /** The same, refusing content with another checksum. */
  public SaveOptions withExpectedChecksum(Checksum value) {
    return with(v -> v.expectedChecksum = Optional.of(value));
  }

  /** The same with a SHA-256 computed and kept. */
  public SaveOptions withSha256() {
    return with(v -> v.computeSha256 = true);
  }

  /** The same, keeping the CRC-32C with the file. */
  public SaveOptions withRecordedChecksum() {
    return with(v -> v.recordChecksum = true);
  }

  /** The same with the user's attributes. */
  public SaveOptions withAttributes(Map<String, String> value) {
    Map<String, String> copy = Map.copyOf(value);
    requireAttributes(copy);
    return with(v -> v.attributes = copy);
  }

  /** The same with another promise about a crash. */
  public SaveOptions withDurability(Durability value) {
    return with(v -> v.durability = Optional.of(value));
  }

  /** The same with a time after which the file may go. */
  public SaveOptions withCleanupAfter(Duration value) {
    return with(v -> v.cleanupAfter = Optional.of(value));
  }

  /** The same with an id that makes a repeat recognisable. */
  public SaveOptions withWriteId(String value) {
    if (!value.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("a write id is 32 lower-case hexadecimal digits");
    }
    return with(v -> v.writeId = Optional.of(value));
  }

  /** The same, asking for chunks of so many bytes, 64 KiB to 8 MiB. */
  public SaveOptions withChunkSize(int bytes) {
    if (bytes < MIN_CHUNK_BYTES || bytes > MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("a chunk has 64 KiB to 8 MiB, not " + bytes + " bytes");
    }
    return with(v -> v.chunkSize = OptionalInt.of(bytes));
  }

  /** The same with other limits and hooks. */
  public SaveOptions withCall(CallOptions value) {
    Objects.requireNonNull(value, "call");
    return with(v -> v.call = value);
  }

  /** The same with a limit on the whole call. */
  public SaveOptions withTimeout(Duration value) {
    return withCall(call().withTimeout(value));
  }

  /** The same with a limit on standing still. */
  public SaveOptions withStallTimeout(Duration value) {
    return withCall(call().withStallTimeout(value));
  }

  /** The same with a hook for progress. */
  public SaveOptions withProgress(Consumer<Progress> value) {
    return withCall(call().withProgress(value));
  }

  /** The same, ended by this switch. */
  public SaveOptions withCancellation(Cancellation value) {
    return withCall(call().withCancellation(value));
  }

  /** An RFC 9110 media type; without it the name decides. */
  public Optional<String> contentType() {
    return values.contentType;
  }

  /** What must hold when the file is published. */
  public WriteCondition condition() {
    return values.condition;
  }

  /** Refuses other content with LENGTH_MISMATCH. */
  public OptionalLong expectedLength() {
    return values.expectedLength;
  }

  /** Refuses other content with CHECKSUM_MISMATCH. */
  public Optional<Checksum> expectedChecksum() {
    return values.expectedChecksum;
  }

  /** Whether a SHA-256 is computed, returned and kept. */
  public boolean computeSha256() {
    return values.computeSha256;
  }

  /** Whether the CRC-32C is kept with the file, whatever the disk's option says. */
  public boolean recordChecksum() {
    return values.recordChecksum;
  }

  /** The user's: lower-case keys, 2 KiB of keys and values in all. */
  public Map<String, String> attributes() {
    return values.attributes;
  }

  /** What a return promises; without it the disk's option holds. */
  public Optional<Durability> durability() {
    return values.durability;
  }

  /** When the file may go, for the audit record. */
  public Optional<Duration> cleanupAfter() {
    return values.cleanupAfter;
  }

  /** Makes a repeat of the same save recognisable: 32 lower-case hexadecimal digits. */
  public Optional<String> writeId() {
    return values.writeId;
  }

  /**
   * How long the chunks of a chunked save should be. A wish: {@link Upload#chunkSize} says what the
   * disk has made of it, and a disk whose store decides has its own size.
   */
  public OptionalInt chunkSize() {
    return values.chunkSize;
  }

  /** Limits and hooks. */
  public CallOptions call() {
    return values.call;
  }

  private static void requireMediaType(String value) {
    boolean plain = value.chars().allMatch(c -> c >= 0x20 && c < 0x7F) && value.length() <= 255;
    if (!plain || !value.split(";", 2)[0].trim().matches(TOKEN + "/" + TOKEN)) {
      throw new IllegalArgumentException(
          "a content type is written type/subtype (RFC 9110, section 8.3)");
    }
  }

  private static void requireAttributes(Map<String, String> attributes) {
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

  /** The values of one set of options: changed only before the options exist. */
  private static final class Values {
    private Optional<String> contentType = Optional.empty();
    private WriteCondition condition = WriteCondition.none();
    private OptionalLong expectedLength = OptionalLong.empty();
    private Optional<Checksum> expectedChecksum = Optional.empty();
    private boolean computeSha256;
    private boolean recordChecksum;
    private Map<String, String> attributes = Map.of();
    private Optional<Durability> durability = Optional.empty();
    private Optional<Duration> cleanupAfter = Optional.empty();
    private Optional<String> writeId = Optional.empty();
    private OptionalInt chunkSize = OptionalInt.empty();
    private CallOptions call = CallOptions.defaults();

    Values() {}

    Values(Values other) {
      contentType = other.contentType;
      condition = other.condition;
      expectedLength = other.expectedLength;
      expectedChecksum = other.expectedChecksum;
      computeSha256 = other.computeSha256;
      recordChecksum = other.recordChecksum;
      attributes = other.attributes;
      durability = other.durability;
      cleanupAfter = other.cleanupAfter;
      writeId = other.writeId;
      chunkSize = other.chunkSize;
      call = other.call;
    }
  }
}
