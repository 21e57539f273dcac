package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.http.Servers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A remote disk from end to end, over a live server with a memory disk behind it. */
abstract class RemoteDiskContract {
  private StorageManager behind;
  private RunningServer server;
  private StorageManager manager;
  private Storage disk;

  /** Starts the server under test at a port of loopback, 0 for a free one. */
  abstract RunningServer start(StorageManager behind, int port) throws IOException;

  /** A server that runs. */
  interface RunningServer extends AutoCloseable {
    String url();

    int port();

    @Override
    void close();
  }

  /** Options of the client beyond url and key. */
  Map<String, Object> options() {
    return Map.of();
  }

  @BeforeEach
  void start() throws IOException {
    behind = StorageManager.inMemory("workspace");
    server = start(behind, 0);
    manager = Servers.client(server.url(), options());
    disk = manager.workspace();
  }

  @AfterEach
  void stop() {
    manager.close();
    server.close();
    behind.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void a_small_file_goes_there_and_back() throws IOException {
    byte[] bytes = random(100_000);
    SaveOptions options =
        SaveOptions.contentType("text/csv").withAttributes(Map.of("cohort", "ö 1")).withSha256();
    FileMetadata saved = disk.save("a/b ö%25/c.csv", Content.of(bytes), options);

    assertThat(saved.path().value()).isEqualTo("a/b ö%25/c.csv");
    assertThat(saved.size()).isEqualTo(bytes.length);
    FileMetadata found = disk.metadata("a/b ö%25/c.csv");
    assertThat(found.contentType()).contains("text/csv");
    assertThat(found.attributes()).containsEntry("cohort", "ö 1");
    assertThat(found.versionTag()).isEqualTo(saved.versionTag());
    try (Download in = disk.download("a/b ö%25/c.csv")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
      assertThat(in.metadata().attributes()).containsEntry("cohort", "ö 1");
    }
    try (Listing listing = disk.list("")) {
      assertThat(listing).extracting(f -> f.path().value()).containsExactly("a/b ö%25/c.csv");
    }
    assertThat(disk.exists("a")).isFalse();
    assertThat(disk.delete("a/b ö%25/c.csv")).isTrue();
    assertThat(disk.delete("a/b ö%25/c.csv")).isFalse();
  }

  @Test
  void a_large_file_of_unknown_length_goes_in_chunks() throws IOException {
    byte[] bytes = random(25 * 1024 * 1024 + 17);
    disk.save("large.bin", Content.of(new ByteArrayInputStream(bytes)));
    try (Download in = disk.download("large.bin")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    try (Download in = disk.download("large.bin", ByteRange.of(11, 5))) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 11, 16));
    }
    try (Download in = disk.download("large.bin", ByteRange.last(7))) {
      assertThat(in.readAllBytes())
          .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 7, bytes.length));
    }
    try (Download in = disk.download("large.bin", ByteRange.from(bytes.length + 5L))) {
      assertThat(in.readAllBytes()).isEmpty();
    }
  }

  @Test
  void an_empty_file_is_a_file() throws IOException {
    disk.save("empty", Content.of(new byte[0]));
    assertThat(disk.exists("empty")).isTrue();
    try (Download in = disk.download("empty")) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    try (Download in = disk.download("empty", ByteRange.last(3))) {
      assertThat(in.readAllBytes()).isEmpty();
    }
  }

  @Test
  void errors_keep_their_kind_over_the_wire() throws IOException {
    disk.save("here", Content.of("1"));
    expect(ErrorKind.NOT_FOUND, () -> disk.metadata("nowhere"));
    expect(ErrorKind.NOT_FOUND, () -> disk.download("nowhere"));
    expect(
        ErrorKind.ALREADY_EXISTS, () -> disk.save("here", Content.of("2"), SaveOptions.ifAbsent()));
    expect(ErrorKind.PATH_CONFLICT, () -> disk.save("here/below", Content.of("2")));
    FileMetadata old = disk.metadata("here");
    disk.save("here", Content.of("22"));
    expect(
        ErrorKind.PRECONDITION_FAILED,
        () -> disk.save("here", Content.of("3"), SaveOptions.ifMatch(old.versionTag())));
    assertThat(disk.metadata("here").size()).isEqualTo(2);
  }

  @Test
  void an_upload_goes_on_from_its_id_alone() throws IOException {
    Upload first = disk.beginUpload("chunked", SaveOptions.defaults());
    int size = first.chunkSize();
    byte[] bytes = random(size + 100);
    first.write(0, ByteBuffer.wrap(bytes, 0, size));
    first.detach();

    Upload second = disk.resumeUpload(first.id());
    assertThat(second.received()).containsExactly(ByteRange.of(0, size));
    second.write(size, ByteBuffer.wrap(bytes, size, 100));
    FileMetadata saved = second.commit(bytes.length);
    assertThat(saved.size()).isEqualTo(bytes.length);
    assertThat(disk.resumeUpload(first.id()).commit(bytes.length).versionTag())
        .isEqualTo(saved.versionTag());
    try (Download in = disk.download("chunked")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void a_prefix_goes_with_all_below_it_and_nothing_beside_it() throws IOException {
    for (String path : List.of("a/b/c", "a/b/d/e", "a/bc", "a/b.txt")) {
      disk.save(path, Content.of(path));
    }
    assertThat(disk.deletePrefix("a/b").files()).isEqualTo(2);
    try (Listing listing = disk.list("a")) {
      assertThat(listing).extracting(f -> f.path().value()).containsExactly("a/b.txt", "a/bc");
    }
    assertThat(disk.cleanup("", Duration.ofHours(1), false).deleted().files()).isZero();
  }

  @Test
  void a_server_that_was_replaced_is_met_with_a_fresh_connection() throws IOException {
    disk.save("before", Content.of("1"));
    int port = server.port();
    server.close();
    server = start(behind, port);
    disk.save("after", Content.of("2"));
    assertThat(disk.exists("before")).isTrue();
  }

  @Test
  void health_and_capabilities_come_from_the_disk_behind() throws IOException {
    assertThat(disk.health().healthy()).isTrue();
    assertThat(disk.capabilities().createCondition())
        .isEqualTo(behind.workspace().capabilities().createCondition());
  }

  private interface Step {
    Object run() throws IOException;
  }

  private static void expect(ErrorKind kind, Step step) {
    Assertions.assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
  }
}
