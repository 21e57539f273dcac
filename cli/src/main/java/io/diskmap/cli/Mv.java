package io.diskmap.cli;

import io.diskmap.DeleteOptions;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code diskmap mv}: moves a file on one disk in one step, or between two by copy and delete.
 *
 * <p>Between disks the source goes only while it is the very version that was copied.
 */
@Command(description = "Moves a file on a disk, or from one disk to another.")
final class Mv implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "disk:path of the file.")
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "disk:path; with a slash at its end the name stays.")
  private String target = "";

  @Option(names = "--if-absent", description = "Refuses to replace a file.")
  private boolean ifAbsent;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  Mv(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    Place.OnDisk from = Place.OnDisk.parse(source);
    Place.OnDisk named = Place.OnDisk.parse(target);
    Place.OnDisk to = new Place.OnDisk(named.disk(), named.fileNamed(from.name()));
    try (Session session = diskmap.open()) {
      FileMetadata moved = move(session, from, to);
      if (json) {
        Json.print(diskmap.terminal().out(), members -> Json.file(members, to.disk(), moved));
      } else {
        diskmap.terminal().out().println(from + " is now " + to);
      }
    }
    return Exit.OK;
  }

  private FileMetadata move(Session session, Place.OnDisk from, Place.OnDisk to)
      throws StorageException {
    SaveOptions options =
        (ifAbsent ? SaveOptions.ifAbsent() : SaveOptions.defaults()).withCall(session.call());
    Storage source = session.disk(from.disk());
    Storage target = session.disk(to.disk());
    if (from.disk().equals(to.disk())) {
      return source.move(from.path(), to.path(), options);
    }
    VersionTag version = source.metadata(from.path()).versionTag();
    FileMetadata copied = source.copyTo(from.path(), target, to.path(), options);
    DeleteOptions deleting = DeleteOptions.defaults().withCall(session.call());
    source.delete(from.path(), version.strong() ? deleting.withIfMatch(version) : deleting);
    return copied;
  }
}
