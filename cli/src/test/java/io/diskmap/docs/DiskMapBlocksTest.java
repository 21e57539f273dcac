package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DiskMap;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.StorageDriverFactory;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Checks every disk map of the pages against the drivers of this build. */
class DiskMapBlocksTest {
  @TestFactory
  Stream<DynamicTest> disk_maps_of_the_pages_are_valid() {
    List<Block> maps = Pages.blocks().stream().filter(b -> b.language().equals("json")).toList();
    assertThat(maps).isNotEmpty();
    return maps.stream().map(b -> DynamicTest.dynamicTest(b.toString(), () -> check(b)));
  }

  private static void check(Block block) {
    if (block.mark().equals("output")) {
      return;
    }
    assertThat(block.mark()).isEqualTo("disk map");
    DiskMap map =
        DiskMap.parse(
            block.text().replaceAll("\\$\\{file:[^}]*}", "\\${env:A_SECRET}"),
            name -> "a-value-of-thirty-two-characters-or-more-" + name);
    map.validate(drivers());
    map.server();
    map.web();
    map.audit();
    map.cleanup();
    map.workerFiles();
    map.catalogue();
  }

  static Map<String, OptionTable> drivers() {
    Map<String, OptionTable> tables = new TreeMap<>();
    for (StorageDriverFactory factory : ServiceLoader.load(StorageDriverFactory.class)) {
      tables.put(factory.name(), factory.options());
    }
    return tables;
  }
}
