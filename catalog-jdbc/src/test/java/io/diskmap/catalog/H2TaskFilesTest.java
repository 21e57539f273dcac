package io.diskmap.catalog;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The catalogue over an embedded H2 file. */
final class H2TaskFilesTest extends TaskFilesContract {
  @TempDir Path database;

  @Override
  String url() {
    return database.toString();
  }
}
