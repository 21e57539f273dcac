package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * The first look at the root of a disk: one clear sentence for each way in which it cannot be used.
 * Stateless. The root is configuration, so the sentences name it.
 */
final class Root {
  private Root() {}

  /** Refuses a root that is missing, a file, or closed to this process; makes it where it may. */
  static void require(LocalOptions options, boolean readOnly) throws StorageException {
    Path root = options.root();
    if (Files.notExists(root) && options.createRoot() && !readOnly) {
      make(options);
    }
    if (!Files.exists(root)) {
      boolean link = Files.isSymbolicLink(root);
      throw StorageException.of(
          ErrorKind.NOT_FOUND,
          "The root %s does not exist%s; make it, mount it, or set create_root."
              .formatted(root, link ? " (it is a link to nothing)" : " or cannot be reached"));
    }
    if (!Files.isDirectory(root)) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "The root %s is not a directory; name a directory.".formatted(root));
    }
    if (!Files.isReadable(root) || !Files.isExecutable(root)) {
      throw StorageException.of(
          ErrorKind.PERMISSION_DENIED,
          "The root %s cannot be read by user %s; change its owner or mode."
              .formatted(root, System.getProperty("user.name")));
    }
  }

  private static void make(LocalOptions options) throws StorageException {
    try {
      Files.createDirectories(
          options.root(), PosixFilePermissions.asFileAttribute(options.directoryMode()));
    } catch (IOException e) {
      if (!Files.exists(options.root(), LinkOption.NOFOLLOW_LINKS)) {
        StorageException why = LocalErrors.of(e);
        throw StorageException.of(
            why.kind(),
            "The root %s cannot be made: %s".formatted(options.root(), why.sentence()),
            e);
      }
    }
  }

  /** The failure of opening a root that passed the first look. */
  static StorageException unusable(LocalOptions options, IOException failure) {
    if (failure instanceof UserPrincipalNotFoundException) {
      return StorageException.of(
          ErrorKind.UNSUPPORTED,
          "There is no group %s on this machine; mend the option group."
              .formatted(options.group().orElse("")),
          failure);
    }
    StorageException why = LocalErrors.of(failure);
    return StorageException.of(
        why.kind(),
        "The root %s cannot be opened: %s".formatted(options.root(), why.sentence()),
        failure);
  }
}
