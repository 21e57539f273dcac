package io.diskmap.internal.pipeline;

import io.diskmap.Capabilities;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.RandomId;
import io.diskmap.spi.WriteRequest;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes the driver's request of what a save asks for, and refuses what the disk cannot promise.
 *
 * <p>Thread-safe.
 */
final class WriteRequests {
  private final Disk disk;

  WriteRequests(Disk disk) {
    this.disk = disk;
  }

  WriteRequest of(StoragePath target, OptionalLong length, SaveOptions options, Call call)
      throws StorageException {
    Capabilities can = disk.driver().capabilities();
    requireCondition(options.condition(), can);
    Durability durability =
        options.durability().or(() -> disk.settings().durability()).orElse(can.durability());
    if (durability.compareTo(can.durability()) > 0) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The disk cannot promise durability '%s'; the most it has is '%s'."
              .formatted(
                  durability.name().toLowerCase(Locale.ROOT),
                  can.durability().name().toLowerCase(Locale.ROOT)));
    }
    Set<ChecksumAlgorithm> record = EnumSet.noneOf(ChecksumAlgorithm.class);
    if (disk.settings().recordChecksum() || options.recordChecksum()) {
      record.add(ChecksumAlgorithm.CRC32C);
    }
    if (options.computeSha256()) {
      record.add(ChecksumAlgorithm.SHA256);
    }
    Optional<String> type =
        options.contentType().filter(t -> !t.equals(ContentTypes.ofName(target.name())));
    return new WriteRequest(
        options.writeId().orElseGet(RandomId::hex),
        length.isPresent() ? length : options.expectedLength(),
        options.condition(),
        durability,
        type,
        options.attributes(),
        record,
        options.expectedChecksum(),
        options.chunkSize(),
        false,
        call);
  }

  private static void requireCondition(WriteCondition condition, Capabilities can)
      throws StorageException {
    Capabilities.Atomicity held =
        switch (condition.kind()) {
          case NONE -> Capabilities.Atomicity.ATOMIC;
          case IF_ABSENT -> can.createCondition();
          case IF_MATCH -> can.matchCondition();
        };
    if (held == Capabilities.Atomicity.NONE) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The disk's store cannot hold the condition %s in one step, so it is refused."
              .formatted(condition.kind()));
    }
    if (condition.tag().isPresent() && !condition.tag().get().strong()) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "The version tag is weak and matches nothing; read the metadata again a moment later.");
    }
  }
}
