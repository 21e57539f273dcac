package io.diskmap.jdbc.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory that holds an embedded H2 database. Any thread may use it.
 *
 * <p>The first process that opens it holds the file; further processes of this machine reach the
 * database through the first one, over the loopback address alone.
 */
public final class EmbeddedStore {
  private EmbeddedStore() {}

  /**
   * The JDBC URL of the database of this name in the directory, which is made for its owner alone.
   */
  public static String url(Path directory, String name) throws IOException {
    return file(directory, name) + ";WRITE_DELAY=0";
  }

  /**
   * The same for a database whose latest commits a kill may take, since they stand in a journal
   * too, and which is told when to write them. It writes pages that changed many times once, so its
   * file grows more slowly; a thread of its own tidies up once a second.
   */
  public static String relaxedUrl(Path directory, String name) throws IOException {
    return file(directory, name) + ";WRITE_DELAY=10000";
  }

  private static String file(Path directory, String name) throws IOException {
    Path place = directory.toAbsolutePath().normalize();
    if (place.toString().indexOf(';') >= 0) {
      throw new IOException("The name of the store's directory must not hold a semicolon.");
    }
    if (!Files.isDirectory(place)) {
      if (place.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createDirectories(
            place,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectories(place);
      }
    }
    if (System.getProperty("h2.bindAddress") == null) {
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
    return "jdbc:h2:file:" + place.resolve(name) + ";AUTO_SERVER=TRUE;LOCK_TIMEOUT=10000;USER=sa";
  }

  /** Whether a store is written as a JDBC URL and not as a directory. */
  public static boolean isUrl(String store) {
    return store.regionMatches(true, 0, "jdbc:", 0, 5);
  }
}
