package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.staged.RemoteStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Requests that are sent together on one channel, the look at the directories above a path, and
 * what a failure among them means. For one thread.
 */
final class Batch {
  private final SftpChannel channel;
  private final RemoteRoot root;
  private final Waiting waiting;

  Batch(SftpChannel channel, RemoteRoot root, Waiting waiting) {
    this.channel = channel;
    this.root = root;
    this.waiting = waiting;
  }

  Exchange send(SftpRequest request) {
    return channel.begin(request);
  }

  /** Requests that are to be sent together. */
  Bundle bundle() {
    return new Bundle(channel);
  }

  /**
   * Waits until the last of a bundle is answered: servers answer in order, so nobody wakes for
   * each. Where that fails nobody takes any of the answers.
   */
  void settle(Bundle sent) throws StorageException {
    waiting.settle(sent.exchanges());
  }

  SftpReply await(Exchange exchange) throws StorageException {
    return waiting.await(exchange);
  }

  List<Exchange> sendLooks(List<String> paths) {
    Bundle bundle = bundle();
    addLooks(bundle, paths);
    bundle.send();
    return bundle.exchanges();
  }

  /** Adds a look at each of the paths. */
  List<Exchange> addLooks(Bundle bundle, List<String> paths) {
    List<Exchange> added = new ArrayList<>(paths.size());
    for (String each : paths) {
      added.add(addLook(bundle, each));
    }
    return added;
  }

  Exchange addLook(Bundle bundle, String path) {
    return bundle.add(SftpRequest.of(Sftp.LSTAT, root.absolute(path)));
  }

  RemoteRoot.Way way(List<Exchange> looks) throws StorageException {
    for (Exchange look : looks) {
      Optional<RemoteStat> stat = stat(await(look));
      if (stat.isEmpty()) {
        return RemoteRoot.Way.MISSING;
      }
      RemoteRoot.Way way = RemoteRoot.way(stat.get().kind());
      if (way != RemoteRoot.Way.CLEAR) {
        return way;
      }
    }
    return RemoteRoot.Way.CLEAR;
  }

  SftpChannel channel() {
    return channel;
  }

  FreeSpace freeSpace() throws StorageException {
    SftpRequest request = SftpRequest.extended(SftpExtensions.STATVFS).text(root.absolute(""));
    return FreeSpace.read(await(send(request)));
  }

  /** What a look answers; empty where nothing stands there. */
  static Optional<RemoteStat> stat(SftpReply reply) throws StorageException {
    int code = reply.status();
    if (code == Sftp.NO_SUCH_FILE || code == Sftp.NO_SUCH_PATH || code == Sftp.NOT_A_DIRECTORY) {
      return Optional.empty();
    }
    return Optional.of(reply.attributes().stat());
  }

  static StorageException blocked(RemoteRoot.Way way) {
    return switch (way) {
      case LINK ->
          StorageException.of(
              ErrorKind.PERMISSION_DENIED,
              "A symbolic link stands in the place of a directory, and none is followed there.");
      case BLOCKED ->
          StorageException.of(
              ErrorKind.PATH_CONFLICT,
              "A file stands where a directory is needed; choose another path.");
      default -> StorageException.of(ErrorKind.NOT_FOUND, "There is no such file on the server.");
    };
  }

  /**
   * Refuses a link in the place of a directory of either path, and NOT_FOUND is what else is no
   * directory. Two names in one directory need no look: a hidden name that was made through no link
   * is in none.
   */
  void requireClear(String from, String to) throws StorageException {
    List<String> parents = RemoteRoot.parents(from);
    List<String> others = RemoteRoot.parents(to);
    if (parents.equals(others)) {
      return;
    }
    List<Exchange> looks = sendLooks(parents);
    List<Exchange> otherLooks = sendLooks(others);
    RemoteRoot.Way first = way(looks);
    RemoteRoot.Way second = way(otherLooks);
    RemoteRoot.Way worse = first == RemoteRoot.Way.CLEAR ? second : first;
    if (worse != RemoteRoot.Way.CLEAR) {
      throw blocked(worse == RemoteRoot.Way.LINK ? worse : RemoteRoot.Way.MISSING);
    }
  }

  /**
   * A failure of the server's file system, told apart by its free space where the code tells
   * nothing.
   */
  StorageException told(SftpReply reply) throws StorageException {
    return told(reply, FreeSpace::isUsedUp);
  }

  /** The same of a failure to write content. */
  StorageException toldOfWrite(SftpReply reply) throws StorageException {
    return told(reply, FreeSpace::isUsedUpForContent);
  }

  private StorageException told(SftpReply reply, Predicate<FreeSpace> usedUp)
      throws StorageException {
    boolean used =
        reply.status() == Sftp.FAILURE
            && channel.extensions().has(SftpExtensions.STATVFS)
            && usedUp.test(freeSpace());
    return used
        ? StorageException.of(
            ErrorKind.NO_SPACE, "The server's file system is full; make room on it.")
        : SshfsErrors.ofStatus(reply);
  }
}
