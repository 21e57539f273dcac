package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each library that a module brings to its users has its reason among the decisions. */
class LibrariesTest {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern DEPENDENCY =
      Pattern.compile("<dependency>.*?</dependency>", Pattern.DOTALL);
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([^<$]+)</artifactId>");

  @TestFactory
  Stream<DynamicTest> libraries_have_their_reasons() throws IOException {
    Path root = Pages.root();
    String decisions = Files.readString(root.resolve("docs/design/decisions.md"));
    return found(MODULE, Files.readString(root.resolve("pom.xml")))
        .filter(module -> !module.equals("benchmarks") && !module.equals("bom"))
        .map(
            module ->
                DynamicTest.dynamicTest(
                    module,
                    () ->
                        assertThat(libraries(root.resolve(module).resolve("pom.xml")))
                            .allSatisfy(
                                library -> assertThat(decisions).contains("`" + library + "`"))));
  }

  private static List<String> libraries(Path pom) throws IOException {
    return DEPENDENCY
        .matcher(Files.readString(pom))
        .results()
        .map(match -> match.group())
        .filter(text -> !text.contains("<scope>test</scope>"))
        .flatMap(text -> found(ARTIFACT, text).limit(1))
        .filter(artifact -> !artifact.startsWith("diskmap-"))
        .distinct()
        .toList();
  }

  private static Stream<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1));
  }
}
