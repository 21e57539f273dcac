package io.diskmap.testkit.defect;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.WriteRequest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Requests with something changed, and looks that should be conditions. Stateless. */
final class Requests {
  private Requests() {}

  static WriteRequest unconditional(WriteRequest request) {
    return with(request, request.writeId(), WriteCondition.none(), request.attributes());
  }

  static WriteRequest withId(WriteRequest request, String id) {
    return with(request, id, request.condition(), request.attributes());
  }

  static WriteRequest withAttributes(WriteRequest request, Map<String, String> attributes) {
    return with(request, request.writeId(), request.condition(), attributes);
  }

  private static WriteRequest with(
      WriteRequest request, String id, WriteCondition condition, Map<String, String> attributes) {
    return new WriteRequest(
        id,
        request.length(),
        condition,
        request.durability(),
        request.contentType(),
        attributes,
        request.record(),
        request.expected(),
        request.call());
  }

  static WriteRequest unchecked(WriteRequest request) {
    return new WriteRequest(
        request.writeId(),
        request.length(),
        request.condition(),
        request.durability(),
        request.contentType(),
        request.attributes(),
        request.record(),
        Optional.empty(),
        request.call());
  }

  static WriteRequest ofAnyLength(WriteRequest request) {
    return new WriteRequest(
        request.writeId(),
        OptionalLong.empty(),
        request.condition(),
        request.durability(),
        request.contentType(),
        request.attributes(),
        request.record(),
        request.expected(),
        request.call());
  }

  static Optional<VersionTag> tag(StorageDriver driver, StoragePath path, Call call)
      throws StorageException {
    try {
      return Optional.of(driver.stat(path, call).versionTag());
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      return Optional.empty();
    }
  }

  static StorageException refused(ErrorKind kind) {
    return StorageException.of(kind, "Refused after a look.");
  }
}
