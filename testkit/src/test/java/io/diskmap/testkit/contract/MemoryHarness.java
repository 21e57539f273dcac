package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import java.util.List;

/** The memory driver, whose disks have no store behind them but the health's count of uploads. */
class MemoryHarness implements DriverHarness {
  private static final List<Deviation> DEVIATIONS =
      List.of(
          new Deviation(
              "S6:content", "A disk in memory ends with its process.", MemoryHarness::holdsNothing),
          new Deviation(
              "S6:name", "A disk in memory ends with its process.", MemoryHarness::holdsNothing));

  private static void holdsNothing(TestDisk disk) throws Exception {
    assertThat(disk.capabilities().durability()).isEqualTo(Durability.NONE);
    SaveOptions durable = SaveOptions.defaults().withDurability(Durability.CONTENT);
    assertThat(Failures.kindOf(() -> disk.storage().save("f", Content.of("x"), durable)))
        .isEqualTo(ErrorKind.UNSUPPORTED);
    assertThat(disk.names("")).isEmpty();
  }

  @Override
  public String driver() {
    return "memory";
  }

  @Override
  public String server() {
    return "memory";
  }

  @Override
  public String version() {
    return System.getProperty("java.version");
  }

  @Override
  public List<Deviation> deviations() {
    return DEVIATIONS;
  }

  @Override
  public DiskPlace newPlace() {
    return new DiskPlace() {
      @Override
      public String json() {
        return "{\"driver\":\"memory\",\"chunk_size\":\"64KiB\"}";
      }

      @Override
      public List<String> staged(Storage storage) {
        String uploads = storage.health().details().getOrDefault("uploads", "unknown");
        return uploads.equals("0") ? List.of() : List.of(uploads + " uploads");
      }

      @Override
      public void close() {}
    };
  }
}
