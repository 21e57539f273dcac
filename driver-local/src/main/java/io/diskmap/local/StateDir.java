package io.diskmap.local;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory of a disk's own records: {@code .diskmap} in the root, or the option {@code
 * state_dir}.
 *
 * <p>Thread-safe. It is made by the first change and never by a read. Inside are {@code saves},
 * {@code uploads}, {@code attrs} and {@code locks}.
 */
final class StateDir {
  static final String NAME = ".diskmap";

  private final SafeTree tree;
  private final List<Path> base;
  private final NewFiles files;

  /** The directory inside a tree, at these names. */
  StateDir(SafeTree tree, List<Path> base, NewFiles files) {
    this.tree = tree;
    this.base = base;
    this.files = files;
  }

  /** Runs work in a directory of it; empty where that was never made. */
  <T> Optional<T> in(String directory, SafeTree.Work<T> work) throws IOException {
    return tree.run(
        root -> {
          Dir opened;
          try {
            opened = SafeTree.walk(root, names(directory));
          } catch (NoSuchFileException neverMade) {
            return Optional.empty();
          }
          try (Dir dir = opened) {
            return Optional.of(work.from(dir));
          }
        });
  }

  /** Runs work in a directory of it, which is made where it is missing. */
  <T> T making(String directory, SafeTree.Work<T> work) throws IOException {
    return making(directory, false, work);
  }

  /** The same; durable, the directories that were missing are there after a crash. */
  <T> T making(String directory, boolean durable, SafeTree.Work<T> work) throws IOException {
    return tree.run(
        root -> {
          try (Dir opened = SafeTree.make(root, names(directory), files, durable)) {
            return work.from(opened);
          }
        });
  }

  NewFiles files() {
    return files;
  }

  private List<Path> names(String directory) {
    return Stream.concat(base.stream(), Arrays.stream(directory.split("/")).map(Path::of)).toList();
  }
}
