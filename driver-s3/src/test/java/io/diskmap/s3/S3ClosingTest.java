package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.diskmap.CallContext;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.ServerRole;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.OptionValues;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What meets the workers' end, as a call does that is not done yet when its manager closes. */
@Timeout(60)
class S3ClosingTest {
  private static final int PART = 5 * 1024 * 1024;
  private static final String BUCKET = "closing";
  private static S3Server server;
  private static S3Admin admin;

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final ChunkPool chunks = new ChunkPool(4L * PART);
  private final ChunkPool.Lease lease = chunks.lease();
  private final Call call = Call.within(CallContext.none(), Duration.ofSeconds(30));
  private S3Driver driver;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.s3proxy();
    admin = new S3Admin(server);
  }

  @AfterAll
  static void stopServer() throws Exception {
    admin.close();
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    admin.createBucket(BUCKET);
    OptionValues values =
        OptionValues.of(
            S3Options.TABLE.and(CommonOptions.TABLE),
            Map.of(
                "driver",
                "s3",
                "bucket",
                BUCKET,
                "endpoint",
                server.endpoint().toString(),
                "access_key",
                server.accessKey(),
                "secret_key",
                server.secretKey(),
                "part_size",
                "5MiB"),
            name -> null);
    DriverContext context =
        new DriverContext(
            "test",
            ServerRole.TESTING,
            Clock.systemUTC(),
            chunks,
            workers,
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            false);
    driver = S3Driver.open(context, S3Options.from(values));
  }

  @AfterEach
  void close() {
    driver.close();
    workers.shutdownNow();
    admin.removeBucket(BUCKET);
  }

  private WriteRequest request(OptionalLong length) {
    return new WriteRequest(
        UUID.randomUUID().toString().replace("-", ""),
        length,
        WriteCondition.none(),
        Durability.NAME,
        Optional.empty(),
        Map.of(),
        Set.of(),
        Optional.empty(),
        call);
  }

  private Chunk part() throws StorageException {
    Chunk chunk = lease.acquire(PART, call);
    chunk.buffer().put(ByteBuffer.allocate(PART));
    return chunk.seal();
  }

  private static void assertClosed(ThrowingCallable step) {
    assertThat(catchThrowable(step))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CLOSED));
  }

  @Test
  void a_part_that_no_worker_takes_ends_its_save_as_closed() throws Exception {
    StoragePath path = StoragePath.of("f");
    StorageWriter writer = driver.openWrite(path, request(OptionalLong.empty()));
    writer.write(0, part(), call);
    writer.flush(call);
    workers.shutdown();
    assertClosed(() -> writer.write(PART, part(), call));
    writer.flush(call);
    assertClosed(() -> writer.commit(new CommitRequest(PART, List.of(), call)));
    assertThat(chunks.usedBytes()).isZero();
    writer.close();
    assertThat(admin.staged(BUCKET)).isEmpty();
    assertThat(admin.keys(BUCKET, "f")).isEmpty();
  }

  @Test
  void a_save_of_known_length_that_no_worker_takes_ends_as_closed() throws Exception {
    driver.capabilities();
    workers.shutdown();
    StoragePath path = StoragePath.of("f");
    assertClosed(() -> driver.openWrite(path, request(OptionalLong.of(2L * PART))));
    assertThat(admin.staged(BUCKET)).isEmpty();
  }

  @Test
  void what_needs_workers_ends_as_closed_and_what_was_saved_stays() throws Exception {
    StoragePath path = StoragePath.of("d/f");
    CommitRequest commit = new CommitRequest(PART, List.of(), call);
    driver.put(path, part(), commit, request(OptionalLong.of(PART)));
    workers.shutdown();
    StoragePath copy = StoragePath.of("copy");
    assertClosed(() -> driver.copy(path, copy, request(OptionalLong.empty())));
    assertClosed(() -> driver.deletePrefix(StoragePath.of("d"), false, call));
    assertThat(admin.keys(BUCKET, "d/")).containsExactly("d/f");
    assertThat(chunks.usedBytes()).isZero();
  }

  @Test
  void a_bucket_that_no_worker_tries_out_ends_its_calls_as_closed() {
    workers.shutdown();
    assertClosed(() -> driver.capabilities());
    assertClosed(() -> driver.openWrite(StoragePath.of("f"), request(OptionalLong.empty())));
  }
}
