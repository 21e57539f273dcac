package io.diskmap.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryDriverTest {
  private static final int CHUNK = 4;
  private final Call call = Call.unbounded(CallContext.none());
  private final MemoryDriver driver =
      new MemoryDriver(new MemoryOptions("d", 40, CHUNK, Clock.systemUTC()));
  private int ids;

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void a_repeated_commit_gives_the_same_answer() throws Exception {
    StorageWriter writer = driver.openWrite(path("a"), request(WriteCondition.ifAbsent()));
    writer.write(0, chunk("abcd"), call);
    writer.write(4, chunk("e"), call);
    FileMetadata first = writer.commit(commit(5));

    try (StorageWriter again = driver.resumeWrite(writer.id(), call)) {
      assertThat(again.received(call)).containsExactly(ByteRange.first(5));
      assertThat(again.commit(commit(5))).isEqualTo(first);
      assertThatThrownBy(() -> again.commit(commit(4))).isInstanceOf(StorageException.class);
    }
    assertThat(read("a")).isEqualTo("abcde");
  }

  @Test
  void a_repeated_save_with_the_same_write_id_is_one_save() throws Exception {
    WriteRequest request = request(WriteCondition.ifAbsent());
    FileMetadata first = driver.put(path("a"), chunk("abcd"), commit(4), request);
    assertThat(driver.put(path("a"), chunk("abcd"), commit(4), request)).isEqualTo(first);
    assertThat(kindOf(() -> driver.put(path("a"), chunk("abce"), commit(4), request)))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    assertThat(driver.uploads(Duration.ZERO, call)).isEmpty();
  }

  @Test
  void chunks_come_in_any_order_and_a_gap_refuses_the_commit() throws Exception {
    StorageWriter writer = driver.openWrite(path("a"), request(WriteCondition.none()));
    writer.write(8, chunk("i"), call);
    writer.write(0, chunk("abcd"), call);
    assertThat(writer.received(call)).containsExactly(ByteRange.first(4), ByteRange.of(8, 1));
    assertThat(kindOf(() -> writer.commit(commit(9)))).isEqualTo(ErrorKind.LENGTH_MISMATCH);
    writer.write(4, chunk("efgh"), call);
    assertThat(kindOf(() -> writer.write(4, chunk("xxxx"), call)))
        .isEqualTo(ErrorKind.PRECONDITION_FAILED);
    writer.write(4, chunk("efgh"), call);
    writer.commit(commit(9));
    assertThat(read("a")).isEqualTo("abcdefghi");
  }

  @Test
  void a_detached_upload_goes_on_by_its_id_and_an_aborted_one_is_gone() throws Exception {
    StorageWriter writer = driver.openWrite(path("a"), request(WriteCondition.none()));
    writer.write(0, chunk("abcd"), call);
    UploadId id = writer.id();
    writer.detach(call);
    writer.close();
    assertThat(driver.uploads(Duration.ZERO, call)).hasSize(1);

    StorageWriter resumed = driver.resumeWrite(id, call);
    assertThat(resumed.received(call)).containsExactly(ByteRange.first(4));
    resumed.close();
    assertThat(driver.uploads(Duration.ZERO, call)).isEmpty();
    assertThat(kindOf(() -> driver.resumeWrite(id, call))).isEqualTo(ErrorKind.NOT_FOUND);
  }

  @Test
  void a_full_disk_refuses_the_save_and_gives_its_space_back() throws Exception {
    driver.put(path("a"), chunk("abcd"), commit(4), request(WriteCondition.none()));
    StorageWriter writer = driver.openWrite(path("b"), request(WriteCondition.none()));
    for (int offset = 0; offset < 36; offset += CHUNK) {
      writer.write(offset, chunk("bbbb"), call);
    }
    assertThat(kindOf(() -> writer.write(36, chunk("bbbb"), call))).isEqualTo(ErrorKind.NO_SPACE);
    assertThat(kindOf(() -> writer.commit(commit(36)))).isEqualTo(ErrorKind.NO_SPACE);
    writer.close();
    assertThat(driver.health(call).details()).containsEntry("bytes", "4");
    driver.put(path("b"), chunk("bbbb"), commit(4), request(WriteCondition.none()));
  }

  @Test
  void one_level_shows_directories_where_their_slash_sorts_and_pages_go_on_behind_them()
      throws Exception {
    for (String name : List.of("a-b", "a.b", "a/b", "a/c", "a0", "z/y/x")) {
      driver.put(path(name), chunk("x"), commit(1), request(WriteCondition.none()));
    }
    assertThat(names("", true, null)).containsExactly("a-b", "a.b", "a", "a0", "z");
    assertThat(names("", true, "a")).containsExactly("a0", "z");
    assertThat(names("", true, "a.b")).containsExactly("a", "a0", "z");
    assertThat(names("", false, "a")).containsExactly("a-b", "a.b", "a/b", "a/c", "a0", "z/y/x");
    assertThat(names("z", true, null)).containsExactly("z/y");
    assertThat(names("a", true, "a")).containsExactly("a/b", "a/c");
  }

  @Test
  void a_file_and_a_directory_never_share_a_name() throws Exception {
    driver.put(path("a/b"), chunk("x"), commit(1), request(WriteCondition.none()));
    for (String name : List.of("a", "a/b/c", "a/b/c/d")) {
      assertThat(
              kindOf(
                  () ->
                      driver.put(
                          path(name), chunk("x"), commit(1), request(WriteCondition.none()))))
          .isEqualTo(ErrorKind.PATH_CONFLICT);
    }
    driver.move(path("a/b"), path("c"), request(WriteCondition.none()));
    driver.put(path("a"), chunk("x"), commit(1), request(WriteCondition.none()));
    assertThat(names("", false, null)).containsExactly("a", "c");
  }

  private List<String> names(String prefix, boolean oneLevel, String after)
      throws StorageException {
    Optional<StoragePath> token = after == null ? Optional.empty() : Optional.of(path(after));
    List<String> names = new ArrayList<>();
    try (EntryCursor cursor =
        driver.list(
            StoragePath.prefix(prefix), new ListRequest(oneLevel, token, Long.MAX_VALUE, call))) {
      while (cursor.next()) {
        names.add(cursor.entry().path().value());
      }
    }
    return names;
  }

  private String read(String path) throws StorageException {
    try (StorageReader reader = driver.openRead(path(path), ReadRequest.all(call))) {
      ByteBuffer all = ByteBuffer.allocate(1024);
      while (reader.read(all) >= 0) {}
      return new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
    }
  }

  private static StoragePath path(String text) throws StorageException {
    return StoragePath.of(text);
  }

  private static Chunk chunk(String text) {
    return Chunk.wrap(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private CommitRequest commit(long length) {
    return new CommitRequest(length, List.of(), call);
  }

  private WriteRequest request(WriteCondition condition) {
    return new WriteRequest(
        "%032x".formatted(++ids),
        OptionalLong.empty(),
        condition,
        Durability.NONE,
        Optional.empty(),
        Map.of(),
        Set.of(),
        Optional.empty(),
        call);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static ErrorKind kindOf(Action action) {
    try {
      action.run();
    } catch (StorageException e) {
      return e.kind();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("nothing was thrown");
  }
}
