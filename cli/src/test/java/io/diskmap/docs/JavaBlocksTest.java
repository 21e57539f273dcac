package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles the Java of the pages, and runs what is marked {@code run} in a JVM of its own.
 *
 * <p>A block marked {@code run} is the body of a method; one marked {@code compile} is a whole
 * file.
 */
class JavaBlocksTest {
  private static final Pattern TYPE =
      Pattern.compile("(?m)^(?:public )?(?:final )?(?:class|record|interface|enum) (\\w+)");

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> java_of_the_pages_compiles_and_runs() {
    List<Block> blocks = Pages.blocks().stream().filter(b -> b.language().equals("java")).toList();
    assertThat(blocks).isNotEmpty();
    return blocks.stream().map(b -> DynamicTest.dynamicTest(b.toString(), () -> check(b)));
  }

  private void check(Block block) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(directory, "block");
    if (block.mark().equals("compile")) {
      Matcher type = TYPE.matcher(block.text());
      assertThat(type.find()).as("a block to compile declares a type").isTrue();
      compile(home, type.group(1), block.text());
    } else {
      assertThat(block.mark()).as("each block of Java is run or compiled").isEqualTo("run");
      compile(home, "Snippet", body(block.text()));
      run(home);
    }
  }

  private static String body(String text) {
    StringBuilder imports = new StringBuilder();
    StringBuilder rest = new StringBuilder();
    text.lines().forEach(l -> (l.startsWith("import ") ? imports : rest).append(l).append('\n'));
    return """
        import io.diskmap.*;
        import java.io.*;
        import java.nio.charset.StandardCharsets;
        import java.nio.file.*;
        import java.time.*;
        import java.util.*;
        %s
        final class Snippet {
          public static void main(String[] args) throws Exception {
        %s
          }
        }
        """
        .formatted(imports, rest);
  }

  private static void compile(Path home, String type, String source) throws IOException {
    Path file = Files.writeString(home.resolve(type + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of(
              "-d",
              home.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "-proc:none",
              "-Xlint:all,-processing,-classfile,-path,-try",
              "-Werror");
      boolean compiled =
          compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(file)).call();
      assertThat(compiled).as(said.toString()).isTrue();
    }
  }

  /** Runs in role testing over local disks below the directory, with a few files to work on. */
  private static void run(Path home) throws IOException, InterruptedException {
    Fixture.prepare(home);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp"));
    command.add(home + File.pathSeparator + System.getProperty("java.class.path"));
    command.add("Snippet");
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().put("SERVER_ROLE", "testing");
    builder.environment().put("STORAGE_TESTING_DIR", home.resolve("testing").toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Fixture.run(builder, home);
  }
}
