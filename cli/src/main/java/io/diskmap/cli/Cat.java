package io.diskmap.cli;

import io.diskmap.ByteRange;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap cat}: streams files, or a range of one, to standard output; in every role. */
@Command(description = "Streams files to standard output.")
final class Cat implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(arity = "1..*", paramLabel = "DISK:PATH", description = "The files.")
  private String[] places = {};

  @Option(names = "--offset", paramLabel = "BYTES", description = "Begins at this byte.")
  private @Nullable Long offset;

  @Option(names = "--first", paramLabel = "BYTES", description = "Gives at most this many bytes.")
  private @Nullable Long first;

  @Option(names = "--last", paramLabel = "BYTES", description = "Gives the last bytes alone.")
  private @Nullable Long last;

  Cat(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws IOException {
    ByteRange range = range();
    try (Session session = diskmap.open()) {
      for (String place : places) {
        Place.OnDisk where = Place.OnDisk.parse(place);
        DownloadOptions options =
            DownloadOptions.defaults().withRange(range).withCall(session.call());
        try (Download download = session.disk(where.disk()).download(where.path(), options)) {
          send(download, diskmap.terminal().data());
        }
      }
    }
    return Exit.OK;
  }

  private ByteRange range() {
    try {
      if (last != null) {
        if (offset != null || first != null) {
          throw new UsageException("--last stands alone, without --offset and --first.");
        }
        return ByteRange.last(last);
      }
      long from = offset == null ? 0 : offset;
      return first == null ? ByteRange.from(from) : ByteRange.of(from, first);
    } catch (IllegalArgumentException e) {
      throw new UsageException("The range is not valid: " + e.getMessage() + ".");
    }
  }

  /** Sends all bytes; a reader that has seen enough, as {@code head} does, is no failure. */
  static void send(Download download, OutputStream out) throws IOException {
    try {
      download.transferTo(out);
      out.flush();
    } catch (IOException e) {
      if (!isClosedPipe(e)) {
        throw e;
      }
    }
  }

  private static boolean isClosedPipe(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (!(at instanceof StorageException) && message != null && message.contains("Broken pipe")) {
        return true;
      }
    }
    return false;
  }
}
