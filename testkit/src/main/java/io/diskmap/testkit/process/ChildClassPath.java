package io.diskmap.testkit.process;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The class path of this JVM for a child: class path, module path, and the folder or jar that holds
 * the child's main class. An immutable value for any thread.
 */
record ChildClassPath(String value) {
  /** Beyond this length the class path travels in a file, as some systems limit an argument. */
  private static final int MAX_ARGUMENT = 16 * 1024;

  static ChildClassPath of(Class<?> main) {
    Set<String> entries = new LinkedHashSet<>();
    for (String property : List.of("java.class.path", "jdk.module.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator)) {
        if (!entry.isEmpty()) {
          entries.add(entry);
        }
      }
    }
    entries.add(home(main));
    return new ChildClassPath(String.join(File.pathSeparator, entries));
  }

  boolean isLong() {
    return value.length() > MAX_ARGUMENT;
  }

  /** Writes the {@code @file} that gives the class path to the launcher. */
  Path writeArgumentFile() throws IOException {
    Path file = Files.createTempFile("child-jvm-", ".args");
    String quoted = value.replace("\\", "\\\\").replace("\"", "\\\"");
    Files.writeString(file, "-cp\n\"" + quoted + "\"\n");
    return file;
  }

  private static String home(Class<?> main) {
    String resource = main.getName().replace('.', '/') + ".class";
    URL url = main.getResource("/" + resource);
    if (url == null) {
      throw new IllegalArgumentException("no class file of " + main.getName());
    }
    try {
      String text = url.toString();
      String root = text.substring(0, text.length() - resource.length());
      if (root.startsWith("jar:")) {
        root = root.substring("jar:".length(), root.lastIndexOf("!/"));
      }
      return Path.of(new URI(root)).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no file holds " + main.getName() + ": " + url, e);
    }
  }
}
