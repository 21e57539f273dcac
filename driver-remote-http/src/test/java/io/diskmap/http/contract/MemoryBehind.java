package io.diskmap.http.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.TestDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A memory disk behind the server. */
final class MemoryBehind implements RemoteHttpHarness.Behind {
  private static final List<Deviation> DEVIATIONS =
      List.of(
          new Deviation(
              "S6:content", "A disk in memory ends with its process.", MemoryBehind::holdsNothing),
          new Deviation(
              "S6:name", "A disk in memory ends with its process.", MemoryBehind::holdsNothing));

  private static void holdsNothing(TestDisk disk) throws Exception {
    assertThat(disk.capabilities().durability()).isEqualTo(Durability.NONE);
    SaveOptions durable = SaveOptions.defaults().withDurability(Durability.CONTENT);
    assertThatThrownBy(() -> disk.storage().save("f", Content.of("x"), durable))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNSUPPORTED));
    assertThat(disk.names("")).isEmpty();
  }

  @Override
  public String driver() {
    return "remote-http-memory";
  }

  @Override
  public List<Deviation> deviations() {
    return DEVIATIONS;
  }

  @Override
  public Disk fresh() {
    return new Disk() {
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
      public Optional<Path> directory() {
        return Optional.empty();
      }

      @Override
      public void close() {}
    };
  }
}
