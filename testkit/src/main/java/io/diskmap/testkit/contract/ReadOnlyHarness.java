package io.diskmap.testkit.contract;

import io.diskmap.Storage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A driver's disks with the option {@code read_only}, filled through the same disks without it: the
 * variant of {@link ReadOnlyContract} for a store that has no way of its own to refuse changes. For
 * one thread at a time.
 */
public final class ReadOnlyHarness implements DriverHarness {
  private final DriverHarness base;

  /** The disks of another harness, which is closed with this one. */
  public ReadOnlyHarness(DriverHarness base) {
    this.base = base;
  }

  @Override
  public String driver() {
    return base.driver();
  }

  @Override
  public String server() {
    return base.server();
  }

  @Override
  public String variant() {
    return "read-only";
  }

  @Override
  public String version() {
    return base.version();
  }

  @Override
  public double share() {
    return base.share();
  }

  @Override
  public List<Deviation> deviations() {
    return base.deviations();
  }

  @Override
  public boolean isServerThread(String name) {
    return base.isServerThread(name);
  }

  @Override
  public boolean isServerFile(String target) {
    return base.isServerFile(target);
  }

  @Override
  public DiskPlace newPlace() throws Exception {
    return new Place(base.newPlace());
  }

  @Override
  public void close() throws Exception {
    base.close();
  }

  private record Place(DiskPlace base) implements DiskPlace {
    @Override
    public String json() {
      String json = base.json().strip();
      return json.substring(0, json.length() - 1) + ",\"read_only\":true}";
    }

    @Override
    public Optional<String> writableJson() {
      return Optional.of(base.json());
    }

    @Override
    public List<String> staged(Storage storage) throws Exception {
      return base.staged(storage);
    }

    @Override
    public Optional<Path> directory() {
      return base.directory();
    }

    @Override
    public void close() throws Exception {
      base.close();
    }
  }
}
