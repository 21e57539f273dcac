package io.diskmap.http.contract;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.ListOptions;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A process in role web that does everything a web server does with its files. Its environment says
 * where the services server is; the argument {@code leak} makes it keep one upload in a temporary
 * file for a moment.
 */
public final class WebWorker {
  private static final long LARGE = 48L * 1024 * 1024 + 7;

  private WebWorker() {}

  /** Works, and prints {@code well} where everything came back as it went. */
  public static void main(String[] arguments) throws Exception {
    SeededContent large = new SeededContent(1, LARGE);
    try (StorageManager manager = StorageManager.fromEnvironment()) {
      Storage disk = manager.workspace();
      disk.save("web/small", Content.of("small"), SaveOptions.contentType("text/plain"));
      try (InputStream in = source(large, arguments.length > 0)) {
        disk.save("web/unknown-length", Content.of(in));
      }
      disk.save("web/large", Content.of(large::stream, LARGE), SaveOptions.defaults().withSha256());
      try (Upload upload = disk.beginUpload("web/chunks", SaveOptions.ifAbsent())) {
        upload.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        upload.commit(3);
      }
      for (String path : new String[] {"web/unknown-length", "web/large"}) {
        try (Download in = disk.download(path)) {
          large.assertEquals(in);
        }
      }
      require(refusesLocalFile(disk));
      require(disk.listPage("web", ListOptions.defaults()).entries().size() == 4);
      disk.copy("web/small", "web/copy", SaveOptions.defaults());
      require(disk.metadata("web/copy").size() == 5 && disk.health().healthy());
      disk.cleanup("web", Duration.ofHours(4), true);
      require(disk.deletePrefix("web").files() == 5);
    }
    System.out.println("well");
  }

  private static InputStream source(SeededContent content, boolean leak) throws IOException {
    if (!leak) {
      return content.stream();
    }
    Path file = Files.createTempFile("upload", ".tmp");
    Files.copy(content.stream(), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    InputStream in = Files.newInputStream(file);
    Files.delete(file);
    return in;
  }

  private static boolean refusesLocalFile(Storage disk) {
    try {
      disk.downloadTo("web/small", Path.of("local-copy"));
      return false;
    } catch (StorageException e) {
      return e.kind() == ErrorKind.READ_ONLY;
    }
  }

  private static void require(boolean held) {
    if (!held) {
      throw new AssertionError("it did not hold");
    }
  }
}
