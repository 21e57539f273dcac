package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Deviation;
import io.diskmap.testkit.contract.TestDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What S3 stores cannot hold, each with its proof by requests of a client of its own. Stateless.
 */
final class S3Deviations {
  private static final String STALE = "\"00000000000000000000000000000000\"";
  private static final int ROUNDS = 300;

  private S3Deviations() {}

  /** One proof over a bucket of its own. */
  @FunctionalInterface
  private interface RawProof {
    void check(S3Client client, String bucket) throws Exception;
  }

  static List<Deviation> s3proxy(S3Server server) {
    return List.of(
        new Deviation(
            "S3:if-match",
            "It compares the ETag first and replaces afterwards, so several of racing writers win.",
            disk -> raw(server, S3Deviations::severalReplaceOneVersion)),
        new Deviation(
            "D8",
            "It compares the ETag first and deletes afterwards.",
            disk -> raw(server, S3Deviations::severalDeleteOneVersion)));
  }

  static List<Deviation> rgw(S3Server server) {
    return List.of(
        new Deviation(
            "P3",
            "Keys have no directories, so two writers can make a file and a file below it at once.",
            S3Deviations::holdsFileBelowFile),
        new Deviation(
            "S3:if-absent",
            "It ignores If-None-Match at the end of a multipart upload and replaces the file.",
            disk -> raw(server, S3Deviations::completeIgnoresIfNoneMatch)),
        new Deviation(
            "D8",
            "It ignores If-Match on a delete.",
            disk -> raw(server, S3Deviations::deleteIgnoresIfMatch)));
  }

  private static void raw(S3Server server, RawProof proof) throws Exception {
    try (S3Admin admin = new S3Admin(server)) {
      String bucket = "proof-" + UUID.randomUUID();
      admin.createBucket(bucket);
      try {
        proof.check(admin.client(), bucket);
      } finally {
        admin.removeBucket(bucket);
      }
    }
  }

  private static void holdsFileBelowFile(TestDisk disk) throws Exception {
    StorageManager manager = disk.open("\"path_conflicts\":\"off\"");
    manager.disk(TestDisk.NAME).save("a", Content.of("file"));
    manager.disk(TestDisk.NAME).save("a/b", Content.of("below"));
    assertThat(disk.names("")).containsExactly("a", "a/b");
    disk.clear();
  }

  private static void completeIgnoresIfNoneMatch(S3Client client, String bucket) {
    client.putObject(r -> r.bucket(bucket).key("f"), RequestBody.fromString("old"));
    String upload = client.createMultipartUpload(r -> r.bucket(bucket).key("f")).uploadId();
    String tag =
        client
            .uploadPart(
                r -> r.bucket(bucket).key("f").uploadId(upload).partNumber(1),
                RequestBody.fromString("new"))
            .eTag();
    client.completeMultipartUpload(
        r ->
            r.bucket(bucket)
                .key("f")
                .uploadId(upload)
                .ifNoneMatch("*")
                .multipartUpload(
                    m -> m.parts(CompletedPart.builder().partNumber(1).eTag(tag).build())));
    assertThat(client.getObjectAsBytes(r -> r.bucket(bucket).key("f")).asUtf8String())
        .isEqualTo("new");
  }

  private static void deleteIgnoresIfMatch(S3Client client, String bucket) {
    client.putObject(r -> r.bucket(bucket).key("f"), RequestBody.fromString("stays?"));
    client.deleteObject(r -> r.bucket(bucket).key("f").ifMatch(STALE));
    assertThat(client.listObjectsV2(r -> r.bucket(bucket)).contents()).isEmpty();
  }

  private static void severalReplaceOneVersion(S3Client client, String bucket) throws Exception {
    requireSeveral(
        round -> {
          String tag =
              client
                  .putObject(
                      r -> r.bucket(bucket).key("f"), RequestBody.fromString("round " + round))
                  .eTag();
          return saver ->
              client.putObject(
                  r -> r.bucket(bucket).key("f").ifMatch(tag),
                  RequestBody.fromString("saver " + saver));
        });
  }

  private static void severalDeleteOneVersion(S3Client client, String bucket) throws Exception {
    requireSeveral(
        round -> {
          String tag =
              client
                  .putObject(
                      r -> r.bucket(bucket).key("f"), RequestBody.fromString("round " + round))
                  .eTag();
          return deleter -> client.deleteObject(r -> r.bucket(bucket).key("f").ifMatch(tag));
        });
  }

  /** What each of the racing does, given its number. */
  @FunctionalInterface
  private interface Racer {
    void run(int number);
  }

  /** Prepares a round. */
  @FunctionalInterface
  private interface Round {
    Racer prepare(int round);
  }

  /**
   * Races until more than one wins a round, which shows that the store does not decide in one step.
   */
  private static void requireSeveral(Round rounds) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Racer racer = rounds.prepare(round);
        CyclicBarrier start = new CyclicBarrier(8);
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          int number = i;
          tasks.add(() -> wins(racer, number, start));
        }
        int winners = 0;
        for (Future<Boolean> outcome : threads.invokeAll(tasks)) {
          winners += outcome.get() ? 1 : 0;
        }
        if (winners > 1) {
          return;
        }
      }
    } finally {
      threads.shutdownNow();
    }
    throw new AssertionError("The store held the condition through " + ROUNDS + " races.");
  }

  private static boolean wins(Racer racer, int number, CyclicBarrier start) throws Exception {
    start.await();
    try {
      racer.run(number);
      return true;
    } catch (S3Exception e) {
      return false;
    }
  }
}
