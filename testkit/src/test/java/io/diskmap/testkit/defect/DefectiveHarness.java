package io.diskmap.testkit.defect;

import io.diskmap.Storage;
import io.diskmap.testkit.contract.DiskPlace;
import io.diskmap.testkit.contract.DriverHarness;
import java.util.List;

/** Memory disks with one defect. */
final class DefectiveHarness implements DriverHarness {
  private final Defect defect;

  DefectiveHarness(Defect defect) {
    this.defect = defect;
  }

  @Override
  public String driver() {
    return "memory";
  }

  @Override
  public String server() {
    return "defective";
  }

  @Override
  public String variant() {
    return defect.name();
  }

  @Override
  public String version() {
    return "0";
  }

  @Override
  public boolean isReported() {
    return false;
  }

  @Override
  public DiskPlace newPlace() {
    return new DiskPlace() {
      @Override
      public String json() {
        return "{\"driver\":\"defective\",\"defect\":\"%s\",\"chunk_size\":\"64KiB\"}"
            .formatted(defect);
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
