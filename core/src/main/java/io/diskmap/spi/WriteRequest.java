package io.diskmap.spi;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.WriteCondition;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a save means to the driver. All of it outlives the process with the upload's record.
 *
 * <p>Immutable.
 *
 * @param writeId 32 lower-case hexadecimal digits made by the core, the same for every repeat of
 *     one save
 * @param length of the whole content, where it is known
 * @param condition what must hold at the moment of publishing, decided by the store in one step
 * @param durability what a return promises; never more than the driver's capability
 * @param contentType only where it differs from what the name says
 * @param attributes the user's
 * @param record the checksums to keep with the file
 * @param expected the checksum that the content must have
 * @param chunkSize how long the caller would have its chunks; a driver whose store does not care
 *     takes the nearest that suits it. Not kept in a record, which has the size that was chosen
 * @param repeatable whether the caller saves everything again where the store loses what it had
 *     taken, so that nothing need be kept for that. Not kept in a record
 * @param call context, deadline and end
 */
public record WriteRequest(
    String writeId,
    OptionalLong length,
    WriteCondition condition,
    Durability durability,
    Optional<String> contentType,
    Map<String, String> attributes,
    Set<ChecksumAlgorithm> record,
    Optional<Checksum> expected,
    OptionalInt chunkSize,
    boolean repeatable,
    Call call) {
  public WriteRequest {
    if (!writeId.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("a write id is 32 lower-case hexadecimal digits");
    }
    attributes = Map.copyOf(attributes);
    record = Set.copyOf(record);
  }

  /** A save whose caller leaves the size of its chunks to the driver. */
  public WriteRequest(
      String writeId,
      OptionalLong length,
      WriteCondition condition,
      Durability durability,
      Optional<String> contentType,
      Map<String, String> attributes,
      Set<ChecksumAlgorithm> record,
      Optional<Checksum> expected,
      Call call) {
    this(
        writeId,
        length,
        condition,
        durability,
        contentType,
        attributes,
        record,
        expected,
        OptionalInt.empty(),
        false,
        call);
  }

  /** Whether anything must be kept beside the content. */
  public boolean needsSidecar() {
    return contentType.isPresent() || !attributes.isEmpty() || !record.isEmpty();
  }

  /** The same by a caller that saves everything again where the store loses what it had taken. */
  public WriteRequest ofRepeatable() {
    return with(true, call);
  }

  /** The same within another call. */
  public WriteRequest withCall(Call value) {
    return with(repeatable, value);
  }

  private WriteRequest with(boolean newRepeatable, Call newCall) {
    return new WriteRequest(
        writeId,
        length,
        condition,
        durability,
        contentType,
        attributes,
        record,
        expected,
        chunkSize,
        newRepeatable,
        newCall);
  }
}
