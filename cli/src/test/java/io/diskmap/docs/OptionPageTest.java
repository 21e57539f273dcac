package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.SectionMarkdown;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.OptionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the tables of {@code docs/disk-map.md} to the option tables of the code.
 *
 * <p>{@code -Ddiskmap.docs.update=true} writes them afresh.
 */
class OptionPageTest {
  private static final Pattern PLACE =
      Pattern.compile("(?s)(<!-- options: ([a-z0-9-]+) -->\n).*?(<!-- end of options -->)");

  @Test
  void the_option_tables_of_the_page_are_those_of_the_code() throws IOException {
    Path page = Pages.root().resolve("docs/disk-map.md");
    String text = Files.readString(page);
    Map<String, String> tables = tables();
    StringBuilder fresh = new StringBuilder();
    Matcher place = PLACE.matcher(text);
    while (place.find()) {
      String table = tables.remove(place.group(2));
      assertThat(table).as("a table named %s", place.group(2)).isNotNull();
      place.appendReplacement(
          fresh, Matcher.quoteReplacement(place.group(1) + "\n" + table + "\n" + place.group(3)));
    }
    place.appendTail(fresh);
    assertThat(tables.keySet()).as("tables that the page does not show").isEmpty();
    if (Boolean.getBoolean("diskmap.docs.update")) {
      Files.writeString(page, fresh);
    }
    assertThat(fresh.toString())
        .as("stale; run this test with -Ddiskmap.docs.update=true")
        .isEqualTo(Files.readString(page));
  }

  private static Map<String, String> tables() {
    Map<String, String> tables = new TreeMap<>(SectionMarkdown.all());
    tables.put("common", CommonOptions.TABLE.toMarkdown());
    for (Map.Entry<String, OptionTable> driver : DiskMapBlocksTest.drivers().entrySet()) {
      tables.put(driver.getKey(), driver.getValue().toMarkdown());
    }
    return tables;
  }
}
