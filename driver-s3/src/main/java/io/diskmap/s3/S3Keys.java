package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The keys of a disk: its files below the root, and its own records below {@code .diskmap/} there.
 * Immutable; any thread may use it.
 */
record S3Keys(String root) {
  /** The longest key that a store holds, in UTF-8 bytes. */
  static final int MAX_KEY_BYTES = 1024;

  /** What the path of such a record contains. */
  static final String RESERVED = ".diskmap/";

  /** The key of a file; PATH_INVALID where it is longer than a store holds. */
  String file(StoragePath path) throws StorageException {
    String key = root + path.value();
    if (bytes(key) > MAX_KEY_BYTES) {
      throw StorageException.of(
          ErrorKind.PATH_INVALID,
          "With the disk's prefix the path has %d UTF-8 bytes; the store holds keys of at most %d."
              .formatted(bytes(key), MAX_KEY_BYTES));
    }
    return key;
  }

  /** What the keys of all files below a prefix begin with. */
  String below(StoragePath prefix) {
    return prefix.isRoot() ? root : root + prefix.value() + "/";
  }

  /** The path of a key, none where it is no valid path. */
  Optional<StoragePath> path(String key) {
    try {
      return Optional.of(StoragePath.of(key.substring(root.length())));
    } catch (StorageException e) {
      return Optional.empty();
    }
  }

  /** What all keys of the disk's own records begin with. */
  String reserved() {
    return root + RESERVED;
  }

  /** Whether a key is one of the disk's own records. */
  boolean isReserved(String key) {
    return key.startsWith(reserved());
  }

  /** The record of an unfinished save. */
  String upload(String writeId) {
    return uploads() + writeId;
  }

  /** What the records of unfinished saves begin with. */
  String uploads() {
    return reserved() + "uploads/";
  }

  /** The record of a finished save. */
  String done(String writeId) {
    return doneRecords() + writeId;
  }

  /** What the records of finished saves begin with. */
  String doneRecords() {
    return reserved() + "done/";
  }

  /** A complete content that waits for its verification. */
  String staged(String writeId) {
    return reserved() + "staged/" + writeId;
  }

  /** The sidecar of one version of a file; a long path is in its key by a hash. */
  String sidecar(StoragePath path, String writeId) {
    String key = sidecars(path) + writeId;
    return bytes(key) <= MAX_KEY_BYTES ? key : hashedSidecars() + hash(path) + writeId;
  }

  /** What the sidecars begin with whose keys do not tell their path. */
  String hashedSidecars() {
    return allSidecars() + "-hashed/";
  }

  /** What all sidecars begin with. */
  String allSidecars() {
    return reserved() + "sums";
  }

  /** What the sidecars of a file, and of all files below it, begin with. */
  String sidecars(StoragePath prefix) {
    return allSidecars() + "/" + (prefix.isRoot() ? "" : prefix.value() + "/");
  }

  /** A key for trying out what the store does. */
  String probe(String name) {
    return reserved() + "probe/" + name;
  }

  /** The longest path that the store holds below the root. */
  int maxPathBytes() {
    return MAX_KEY_BYTES - bytes(root);
  }

  private static String hash(StoragePath path) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.utf8());
      return HexFormat.of().formatHex(digest) + "/";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
