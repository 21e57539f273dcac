package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept beside an object: attributes that its headers have no room for, and checksums that
 * were not known when its upload began.
 *
 * <p>Stateless. A sidecar is written before its object is published, and its key ends in the write
 * id that stands in the object's own metadata; so it belongs to that very version and to no other.
 * Its path is in its key, or, where that has a hash of it, in its content.
 */
final class S3Sidecars {
  private static final String ATTRIBUTES = "attributes";
  private static final String PATH = "path";

  private S3Sidecars() {}

  /** Writes what belongs to the version with this write id. */
  static void write(S3Store store, StoragePath path, S3Meta meta, Call call)
      throws StorageException {
    Map<String, String> fields = new HashMap<>();
    for (Checksum sum : meta.checksums()) {
      fields.put(sum.algorithm().label(), sum.hex());
    }
    if (!meta.attributes().isEmpty()) {
      fields.put(ATTRIBUTES, S3Fields.encode(meta.attributes()));
    }
    String key = store.keys().sidecar(path, meta.writeId());
    if (key.startsWith(store.keys().hashedSidecars())) {
      fields.put(PATH, path.value());
    }
    store.writeText(key, S3Fields.encode(fields), call);
  }

  /** The file that a sidecar belongs to, none where it does not tell one. */
  static Optional<StoragePath> file(S3Store store, String key, Call call) throws StorageException {
    String told;
    if (key.startsWith(store.keys().hashedSidecars())) {
      told = S3Fields.decode(store.readText(key, call).orElse("")).getOrDefault(PATH, "");
    } else {
      String plain = store.keys().sidecars(StoragePath.root());
      int end = key.lastIndexOf('/');
      told =
          key.startsWith(plain) && end > plain.length() ? key.substring(plain.length(), end) : "";
    }
    return told.isEmpty() ? Optional.empty() : store.keys().path(store.keys().root() + told);
  }

  /** Removes a sidecar, in all its versions where the disk deletes so. */
  static void remove(S3Store store, String key, Call call) throws StorageException {
    if (store.options().deleteVersions()) {
      new S3DeleteRun(store, key, true, false, call).deleteExactly(key);
    } else {
      store.remove(key, call);
    }
  }

  /** An object's metadata with its sidecar's, where that is there. */
  static S3Meta read(S3Store store, StoragePath path, S3Meta meta, Call call)
      throws StorageException {
    Optional<String> text = store.readText(store.keys().sidecar(path, meta.writeId()), call);
    if (text.isEmpty()) {
      return meta;
    }
    Map<String, String> fields = S3Fields.decode(text.get());
    List<Checksum> sums = new ArrayList<>();
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      S3Meta.sum(algorithm, fields.get(algorithm.label())).ifPresent(sums::add);
    }
    return meta.with(sums, S3Fields.decode(fields.getOrDefault(ATTRIBUTES, "")));
  }
}
