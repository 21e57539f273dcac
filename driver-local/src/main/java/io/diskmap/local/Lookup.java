package io.diskmap.local;

import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the regular file that a path stands for, through links that stay inside the root.
 *
 * <p>Thread-safe. A link's text is only a hint: what it names is looked up from the root, step by
 * step and without following, so nothing outside is reached however the link changes meanwhile. A
 * link to a directory counts for nothing.
 */
final class Lookup {
  private static final int MAX_LINKS = 8;

  private final Path rootPath;
  private final StoreClock clock;
  private final boolean followLinks;

  Lookup(Path rootPath, StoreClock clock, boolean followLinks) {
    this.rootPath = rootPath;
    this.clock = clock;
    this.followLinks = followLinks;
  }

  /** A file: the open directory that holds it, its name there, and its version. */
  record Found(Dir parent, Path name, Version version) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      parent.close();
    }
  }

  /** The file at a path; NoSuchFileException where there is no regular file. */
  Found find(Dir root, StoragePath path) throws IOException {
    Place place = Place.of(path);
    try {
      return find(root, place.parents(), place.name(), 0);
    } catch (NotDirectoryException fileAbove) {
      throw new NoSuchFileException(place.name().toString());
    }
  }

  private Found find(Dir root, List<Path> parents, Path name, int links) throws IOException {
    Dir parent = SafeTree.walk(root, parents);
    try {
      Version version = version(parent, name);
      if (version.attrs().isFile()) {
        Found found = new Found(parent, name, version);
        parent = root.borrowed();
        return found;
      }
      if (!version.attrs().isLink()) {
        throw new NoSuchFileException(name.toString());
      }
      if (!followLinks || links >= MAX_LINKS) {
        throw new LinkRefusedException(name.toString());
      }
      List<Path> target = resolve(parents, parent.readLink(name), name);
      int last = target.size() - 1;
      return find(root, target.subList(0, last), target.get(last), links + 1);
    } finally {
      parent.close();
    }
  }

  /** The file that a link in a listing stands for; empty where it counts for none. */
  Optional<Version> behind(Dir root, List<Path> parents, Path name) throws IOException {
    try (Found found = find(root, parents, name, 0)) {
      return Optional.of(found.version());
    } catch (NoSuchFileException | LinkRefusedException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /** One look at a name, links not followed. */
  Version version(Dir parent, Path name) throws IOException {
    Instant seen = clock.now();
    Dir.Change change = parent.change(name);
    boolean settled = change.sure() && clock.isSettled(change.changed(), seen);
    return new Version(change.attrs(), change.changed(), settled);
  }

  /** The names below the root that a link's text stands for. */
  private List<Path> resolve(List<Path> parents, Path text, Path link) throws LinkRefusedException {
    List<Path> names = new ArrayList<>();
    Path rest = text;
    if (text.isAbsolute()) {
      if (!text.startsWith(rootPath)) {
        throw new LinkRefusedException(link.toString());
      }
      rest = rootPath.relativize(text);
    } else {
      names.addAll(parents);
    }
    for (Path each : rest) {
      String name = each.toString();
      if (name.equals("..")) {
        if (names.isEmpty()) {
          throw new LinkRefusedException(link.toString());
        }
        names.remove(names.size() - 1);
      } else if (name.startsWith(StoragePath.RESERVED_PREFIX)) {
        throw new LinkRefusedException(link.toString());
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(each);
      }
    }
    if (names.isEmpty()) {
      throw new LinkRefusedException(link.toString());
    }
    return names;
  }
}
