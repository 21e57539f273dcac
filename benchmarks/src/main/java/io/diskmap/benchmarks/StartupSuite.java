package io.diskmap.benchmarks;

import io.diskmap.Content;
import io.diskmap.StorageManager;
import io.diskmap.testkit.process.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The time from {@code fromEnvironment} to the first file saved, beyond an empty program, with the
 * class path of a program over the local driver: core, driver and what they need.
 */
final class StartupSuite {
  /** A class of each artifact on that class path. */
  private static final List<String> ARTIFACTS =
      List.of(
          "io.diskmap.benchmarks.StartupSuite",
          "io.diskmap.StorageManager",
          "io.diskmap.local.LocalDriverFactory",
          "org.slf4j.Logger",
          "com.fasterxml.jackson.core.JsonFactory",
          "com.github.benmanes.caffeine.cache.Caffeine");

  private StartupSuite() {}

  /** A program that saves one file. */
  public static final class SaveMain {
    private SaveMain() {}

    /** Saves it to the workspace. */
    public static void main(String[] arguments) throws IOException {
      try (StorageManager manager = StorageManager.fromEnvironment()) {
        manager.workspace().save("first.txt", Content.of("one byte and a few more"));
      }
    }
  }

  /** A program that does nothing. */
  public static final class EmptyMain {
    private EmptyMain() {}

    /** Does nothing. */
    public static void main(String[] arguments) {}
  }

  static String run(Path directory, int rounds) throws Exception {
    Path nas = Files.createDirectories(directory.resolve("nas"));
    Files.createDirectories(nas.resolve("workspace"));
    List<Double> extra = new ArrayList<>();
    for (int round = 0; round < 3 * rounds; round++) {
      double empty = seconds(EmptyMain.class, nas);
      extra.add((seconds(SaveMain.class, nas) - empty) * 1000);
    }
    return Figure.line(
        "from `fromEnvironment()` to the first file saved on local and durable, beyond an empty"
            + " program",
        "ms",
        150,
        extra);
  }

  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (String artifact : ARTIFACTS) {
      CodeSource source = Class.forName(artifact).getProtectionDomain().getCodeSource();
      places.add(Path.of(source.getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  private static double seconds(Class<?> main, Path nas) throws Exception {
    String classPath = classPath();
    long start = System.nanoTime();
    try (ChildJvm child =
        ChildJvm.of(main)
            .classPath(classPath)
            .options("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
            .environment("SERVER_ROLE", "worker")
            .environment("NAS_WORKSPACE_PATH", nas.toString())
            .start()) {
      child.awaitSuccess(Duration.ofSeconds(30));
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
