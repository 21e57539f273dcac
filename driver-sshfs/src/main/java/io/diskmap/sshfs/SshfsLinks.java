package io.diskmap.sshfs;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the regular file that a path stands for, through links that stay inside the root.
 *
 * <p>Thread-safe. A link's text is only a hint: what it names is looked up from the root without
 * following. A link to a directory counts for nothing.
 */
final class SshfsLinks {
  private static final int MOST = 8;

  private final SshfsStore store;
  private final boolean follow;

  SshfsLinks(SshfsStore store, boolean follow) {
    this.store = store;
    this.follow = follow;
  }

  /** A file and the path at which it stands itself. */
  record Found(String path, RemoteStat stat) {}

  boolean follows() {
    return follow;
  }

  /** The file behind what was seen at a path; empty where there is none. */
  Optional<Found> behind(String path, RemoteStat seen, Call call) throws StorageException {
    String at = path;
    RemoteStat stat = seen;
    for (int links = 0; links < MOST; links++) {
      if (stat.isFile()) {
        return Optional.of(new Found(at, stat));
      }
      if (stat.kind() != RemoteStat.Kind.LINK || !follow) {
        return Optional.empty();
      }
      Optional<String> target = store.linkText(at, call);
      Optional<String> next = resolve(at, target.orElse("/"));
      if (next.isEmpty()) {
        return Optional.empty();
      }
      Optional<RemoteStat> there = store.look(next.get(), call);
      if (there.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
      stat = there.get();
    }
    return Optional.empty();
  }

  /** The path below the root that a link's text stands for; empty where it leaves the root. */
  private Optional<String> resolve(String link, String text) {
    List<String> names = new ArrayList<>();
    String rest = text;
    if (text.startsWith("/")) {
      String root =
          store.root().path().endsWith("/") ? store.root().path() : store.root().path() + "/";
      if (!text.startsWith(root)) {
        return Optional.empty();
      }
      rest = text.substring(root.length());
    } else {
      List<String> parents = RemoteRoot.parents(link);
      if (!parents.isEmpty()) {
        names.addAll(List.of(parents.get(parents.size() - 1).split("/")));
      }
    }
    for (String name : rest.split("/")) {
      if (name.equals("..")) {
        if (names.isEmpty()) {
          return Optional.empty();
        }
        names.remove(names.size() - 1);
      } else if (name.startsWith(StoragePath.RESERVED_PREFIX)) {
        return Optional.empty();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(String.join("/", names));
  }
}
