package io.diskmap.testkit.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The classes of a main class, ready for the memory of its next process (AppCDS), so that a child
 * JVM starts for half the CPU. For any thread.
 *
 * <p>An archive is made once for each main class, by a child that runs to its end. Its class path
 * has jars only, as the JVM takes no directory there; they lie in a directory of this JVM's that
 * goes with it.
 */
public final class ClassArchive {
  private static final Duration TRAINING = Duration.ofMinutes(2);
  private static final Map<Class<?>, ClassArchive> MADE = new ConcurrentHashMap<>();

  /** For processes that live for a moment: little compiling, one thread for the heap, no files. */
  private static final String[] SHORT_LIVED = {
    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto", "-Xmx256m"
  };

  private final Class<?> main;
  private final String classPath;
  private final Optional<Path> file;

  private ClassArchive(Class<?> main, String classPath, Optional<Path> file) {
    this.main = main;
    this.classPath = classPath;
    this.file = file;
  }

  /**
   * The archive of a main class, made on first need. Where the JVM makes none, children start
   * without it.
   *
   * @param arguments with them the class runs to its end once its standard input ends
   */
  public static ClassArchive of(Class<?> main, String... arguments) {
    return MADE.computeIfAbsent(main, any -> make(main, arguments));
  }

  /** A child that starts from the archive. */
  public ChildJvm.Builder child() {
    ChildJvm.Builder child = ChildJvm.of(main).options(SHORT_LIVED).classPath(classPath);
    file.ifPresent(archive -> child.options("-XX:SharedArchiveFile=" + archive));
    return child;
  }

  private static ClassArchive make(Class<?> main, String[] arguments) {
    try {
      Path directory = Files.createTempDirectory("diskmap-classes-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory), "class-archive"));
      String classPath = jars(ChildClassPath.of(main).value(), directory);
      Path file = directory.resolve("classes.jsa");
      try (ChildJvm training =
          ChildJvm.of(main)
              .options(SHORT_LIVED)
              .options("-XX:ArchiveClassesAtExit=" + file, "-Xlog:disable", "-Xlog:all=off")
              .classPath(classPath)
              .arguments(arguments)
              .start()) {
        training.endInput();
        training.awaitSuccess(TRAINING);
      }
      return new ClassArchive(main, classPath, Optional.of(file).filter(Files::isRegularFile));
    } catch (IOException e) {
      throw new AssertionError("no archive of " + main, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String jars(String classPath, Path directory) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = directory.resolve(entries.size() + ".jar");
        pack(path, jar);
        entries.add(jar.toString());
      } else if (Files.exists(path)) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> all = Files.walk(classes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry =
            new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/'));
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
      }
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      System.err.println("The directory " + directory + " cannot be removed: " + e);
    }
  }
}
