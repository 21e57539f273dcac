package io.diskmap.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The pages for readers: README and guides, without the notes on design and the generated ones. */
final class Pages {
  private Pages() {}

  /** The root of the clone that this test runs in. */
  static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("cli/pom.xml"))) {
      at = at.getParent();
    }
    return at;
  }

  /** The pages whose blocks are checked here. */
  static List<Path> all() {
    List<Path> pages = new ArrayList<>(List.of(root().resolve("README.md")));
    for (String folder : new String[] {"docs", "docs/drivers", "docs/examples"}) {
      try (Stream<Path> files = Files.list(root().resolve(folder))) {
        files.filter(Pages::isGuide).sorted().forEach(pages::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return pages;
  }

  /** The lines of the protocol are run where the server is; the conformance is generated. */
  private static boolean isGuide(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".md")
        && !List.of("protocol.md", "conformance.md", "semantics.md").contains(name);
  }

  /** All blocks of all pages. */
  static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (Path page : all()) {
      try {
        blocks.addAll(Block.of(page));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return blocks;
  }
}
