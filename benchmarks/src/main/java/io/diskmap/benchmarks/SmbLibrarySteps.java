package io.diskmap.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** What another Java library does with files, eight small ones at once. For one thread. */
final class SmbLibrarySteps {
  private static final int BUFFER = 1 << 20;
  private static final int THREADS = 8;

  private final SmbLibrary library;

  SmbLibrarySteps(SmbLibrary library) {
    this.library = library;
  }

  Duel.Step get(String path, Path file) {
    return () -> download(path, file, BUFFER);
  }

  Duel.Step put(Path file, String path) {
    return () -> upload(file, path, BUFFER);
  }

  /** Brings the files of a directory that has the names of a local one. */
  Duel.Step getAll(Path names, String directory, Path target) {
    return () -> {
      Files.createDirectories(target);
      each(names, name -> download(directory + "/" + name, target.resolve(name), 8192));
    };
  }

  Duel.Step putAll(Path source, String directory) {
    return () -> {
      library.makeDirectory(directory);
      each(source, name -> upload(source.resolve(name), directory + "/" + name, 8192));
    };
  }

  private void download(String path, Path file, int size) throws IOException {
    try (InputStream in = library.read(path);
        OutputStream out = Files.newOutputStream(file)) {
      copy(in, out, size);
    }
  }

  private void upload(Path file, String path, int size) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = library.write(path)) {
      copy(in, out, size);
    }
  }

  private static void copy(InputStream in, OutputStream out, int size) throws IOException {
    byte[] buffer = new byte[size];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }

  private interface Action {
    void run(String name) throws IOException;
  }

  private static void each(Path directory, Action action) throws Exception {
    List<String> names;
    try (Stream<Path> files = Files.list(directory)) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> begun = new ArrayList<>();
      for (String name : names) {
        begun.add(
            threads.submit(
                () -> {
                  action.run(name);
                  return name;
                }));
      }
      for (Future<?> each : begun) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a file failed", e.getCause());
    } finally {
      threads.shutdown();
    }
  }
}
