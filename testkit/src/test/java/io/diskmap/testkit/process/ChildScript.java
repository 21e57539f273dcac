package io.diskmap.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The main class of the tests' child JVMs: does what its first argument says. */
public final class ChildScript {
  private ChildScript() {}

  /** Runs one action. */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "echo" -> echo();
      case "exit" -> System.exit(Integer.parseInt(arguments[1]));
      case "environment" -> System.out.println("value=" + System.getenv(arguments[1]));
      case "write" -> write(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
      case "publish" -> publish(Path.of(arguments[1]));
      case "touch" -> touch(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void echo() throws IOException {
    System.out.println("noise");
    System.out.println("ready " + ProcessHandle.current().pid());
    System.err.println("a word on the error output");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      System.out.println("heard " + line);
    }
  }

  private static void write(Path file, int blocks) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < blocks; i++) {
        System.out.println("wrote " + channel.write(ByteBuffer.allocate(1000)));
      }
    } catch (IOException e) {
      System.out.println("failed " + e.getMessage());
    }
  }

  private static void publish(Path directory) throws IOException {
    Path staged = Files.writeString(directory.resolve("staged"), "text");
    System.out.println("staged");
    Files.move(staged, directory.resolve("published"), StandardCopyOption.ATOMIC_MOVE);
    System.out.println("published");
  }

  private static void touch(Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("größe \"1\"\n\t.txt"), "text");
    Files.readString(file);
    Files.createDirectory(directory.resolve("folder"));
    Files.move(file, directory.resolve("folder/moved"));
    Files.createLink(directory.resolve("linked"), directory.resolve("folder/moved"));
    Files.createSymbolicLink(directory.resolve("symbolic"), Path.of("linked"));
    try {
      Files.writeString(directory.resolve("missing/file"), "text");
    } catch (IOException expected) {
      System.out.println("done");
    }
  }
}
