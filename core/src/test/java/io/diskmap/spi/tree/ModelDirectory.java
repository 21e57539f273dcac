package io.diskmap.spi.tree;

import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/** A directory in memory that gives its names in another order each time. */
final class ModelDirectory implements DirectoryLister {
  private final Map<String, Object> children = new ConcurrentHashMap<>();
  private final Random random;
  private final boolean tellsKinds;
  int scans;

  ModelDirectory(long seed, boolean tellsKinds) {
    this.random = new Random(seed);
    this.tellsKinds = tellsKinds;
  }

  void file(String path) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      children.put(path, (long) path.length());
    } else {
      directory(path.substring(0, slash)).file(path.substring(slash + 1));
    }
  }

  ModelDirectory directory(String name) {
    return (ModelDirectory)
        children.computeIfAbsent(name, n -> new ModelDirectory(random.nextLong(), tellsKinds));
  }

  void special(String name) {
    children.put(name, EntryKind.OTHER);
  }

  void remove(String name) {
    children.remove(name);
  }

  @Override
  public void scan(EntrySink sink, Call call) throws StorageException {
    scans++;
    List<String> names = new ArrayList<>(children.keySet());
    Collections.shuffle(names, random);
    for (String name : names) {
      boolean more = tellsKinds ? sink.entry(name, entry(name)) : sink.name(name);
      if (!more) {
        return;
      }
    }
  }

  private TreeEntry entry(String name) {
    Object child = children.get(name);
    if (child instanceof ModelDirectory) {
      return TreeEntry.directory();
    }
    return child instanceof Long size
        ? TreeEntry.file(
            size, Instant.EPOCH.plusNanos(size), VersionTag.strong("v" + name.length()))
        : TreeEntry.other();
  }

  @Override
  public Optional<TreeEntry> look(String name, Call call) {
    return children.containsKey(name) ? Optional.of(entry(name)) : Optional.empty();
  }

  @Override
  public Optional<ModelDirectory> enter(String name, Call call) {
    return Optional.ofNullable(children.get(name))
        .filter(ModelDirectory.class::isInstance)
        .map(ModelDirectory.class::cast);
  }

  @Override
  public void close() {}
}
