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

/** Checks the Maven blocks of the pages against the modules and the version of this build. */
class DependencyBlocksTest {
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(diskmap-[^<]+)<");
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)<");

  @TestFactory
  Stream<DynamicTest> dependencies_of_the_pages_are_those_of_this_build() {
    List<Block> blocks = Pages.blocks().stream().filter(b -> b.language().equals("xml")).toList();
    assertThat(blocks).isNotEmpty();
    return blocks.stream().map(b -> DynamicTest.dynamicTest(b.toString(), () -> check(b)));
  }

  private static void check(Block block) throws IOException {
    Path root = Pages.root();
    List<String> published = found(ARTIFACT, Files.readString(root.resolve("bom/pom.xml")));
    String version = found(VERSION, Files.readString(root.resolve("pom.xml"))).get(0);
    assertThat(found(ARTIFACT, block.text())).isNotEmpty().isSubsetOf(published);
    assertThat(found(VERSION, block.text())).isNotEmpty().containsOnly(version);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }
}
