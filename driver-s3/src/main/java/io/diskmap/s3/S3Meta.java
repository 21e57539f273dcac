package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.EntryType;
import io.diskmap.FileMetadata;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumType;

/**
 * What an object's own metadata says of a file.
 *
 * <p>Immutable. Attributes that an object has no room for, and checksums that were not known when
 * its upload began, are in the sidecar of its write id.
 *
 * @param writeId of the save that made the object; empty for another program's
 * @param checksums those that are kept
 * @param attributes the user's
 * @param sidecar what is kept beside the object
 */
record S3Meta(
    String writeId, List<Checksum> checksums, Map<String, String> attributes, Sidecar sidecar) {
  /** What an object's sidecar holds. */
  enum Sidecar {
    NONE,
    /** Checksums only. */
    SUMS,
    /** Attributes, and checksums where they are known. */
    ATTRIBUTES
  }

  private static final String WRITE_ID = "diskmap-write-id";
  private static final String SIDECAR = "diskmap-sidecar";
  private static final String ATTRIBUTES = "diskmap-attributes";
  private static final String SUM = "diskmap-";
  private static final int MOST_ATTRIBUTES = 1400;
  private static final VersionTag UNTOLD = VersionTag.weak("untold");

  /** What stands for no content type; it is what stores say of a file that was given none. */
  static final String NO_TYPE = "binary/octet-stream";

  S3Meta {
    checksums = List.copyOf(checksums);
    attributes = Map.copyOf(attributes);
  }

  /** Reads an object's metadata. */
  static S3Meta read(Map<String, String> raw) {
    Map<String, String> lower = new HashMap<>();
    raw.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    String writeId = lower.getOrDefault(WRITE_ID, "");
    List<Checksum> sums = new ArrayList<>();
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      sum(algorithm, lower.get(SUM + algorithm.label())).ifPresent(sums::add);
    }
    Map<String, String> attributes =
        writeId.isEmpty() ? lower : S3Fields.decode(lower.getOrDefault(ATTRIBUTES, ""));
    return new S3Meta(writeId, sums, attributes, kind(lower.get(SIDECAR)));
  }

  private static Sidecar kind(@Nullable String header) {
    if (header == null) {
      return Sidecar.NONE;
    }
    return header.equals("attributes") ? Sidecar.ATTRIBUTES : Sidecar.SUMS;
  }

  /** A checksum from its digits, none where they are not its. */
  static Optional<Checksum> sum(ChecksumAlgorithm algorithm, @Nullable String hex) {
    return hex != null && hex.matches("[0-9a-f]{" + algorithm.hexDigits() + "}")
        ? Optional.of(new Checksum(algorithm, hex))
        : Optional.empty();
  }

  /** The metadata of a new object. */
  Map<String, String> write() {
    Map<String, String> raw = new HashMap<>();
    raw.put(WRITE_ID, writeId);
    if (sidecar != Sidecar.NONE) {
      raw.put(SIDECAR, sidecar.name().toLowerCase(Locale.ROOT));
    }
    for (Checksum sum : checksums) {
      raw.put(SUM + sum.algorithm().label(), sum.hex());
    }
    if (!attributes.isEmpty() && fits(attributes)) {
      raw.put(ATTRIBUTES, S3Fields.encode(attributes));
    }
    return raw;
  }

  /** Whether an object has room for these attributes. */
  static boolean fits(Map<String, String> attributes) {
    return S3Fields.encode(attributes).length() <= MOST_ATTRIBUTES;
  }

  /** The tag of an ETag; a weak one where the store's answer has none. */
  static VersionTag tag(@Nullable String eTag) {
    String bare = bare(eTag);
    return bare.isEmpty() ? UNTOLD : VersionTag.strong(bare);
  }

  /** An ETag without its quotes; empty where the answer has none, as beside a delete it may. */
  static String bare(@Nullable String eTag) {
    return eTag == null ? "" : eTag.replace("\"", "");
  }

  /** A time of the store, as exact as all its answers are. */
  static Instant time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The content type that a save gave, none where it gave none. */
  static Optional<String> type(@Nullable String header) {
    return header == null || header.equals(NO_TYPE) ? Optional.empty() : Optional.of(header);
  }

  /** The service's own CRC-32C of a whole object, none where it has none or one of its parts. */
  static Optional<Checksum> serviceSum(@Nullable String base64, @Nullable ChecksumType type) {
    if (base64 == null || base64.contains("-") || type == ChecksumType.COMPOSITE) {
      return Optional.empty();
    }
    byte[] bytes = Base64.getDecoder().decode(base64);
    return bytes.length == 4
        ? Optional.of(new Checksum(ChecksumAlgorithm.CRC32C, HexFormat.of().formatHex(bytes)))
        : Optional.empty();
  }

  /** A CRC-32C as the service writes it. */
  static String base64(int crc32c) {
    byte[] bytes = {
      (byte) (crc32c >>> 24), (byte) (crc32c >>> 16), (byte) (crc32c >>> 8), (byte) crc32c
    };
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The file's metadata. */
  FileMetadata file(
      StoragePath path, long size, Instant modified, @Nullable String eTag, @Nullable String type) {
    return new FileMetadata(
        path, EntryType.FILE, size, time(modified), tag(eTag), type(type), checksums, attributes);
  }

  /** The same with more, known from elsewhere. */
  S3Meta with(List<Checksum> moreSums, Map<String, String> otherAttributes) {
    List<Checksum> all = new ArrayList<>(checksums);
    for (Checksum sum : moreSums) {
      if (all.stream().noneMatch(known -> known.algorithm() == sum.algorithm())) {
        all.add(sum);
      }
    }
    return new S3Meta(
        writeId, all, otherAttributes.isEmpty() ? attributes : otherAttributes, sidecar);
  }
}
