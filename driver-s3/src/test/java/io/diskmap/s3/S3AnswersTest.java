package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the driver makes of the answers that Amazon documents. */
@Timeout(60)
class S3AnswersTest {
  /** The failure of a disk whose store gives this answer to everything. */
  private static StorageException failure(int status, String code, Map<String, String> headers)
      throws Exception {
    return failure(status, code, headers, 20);
  }

  private static StorageException failure(
      int status, String code, Map<String, String> headers, int seconds) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] body =
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>m</Message></Error>"
            .formatted(code)
            .getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            headers.forEach(exchange.getResponseHeaders()::add);
            exchange.getRequestBody().readAllBytes();
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : body.length);
            if (!head) {
              exchange.getResponseBody().write(body);
            }
          }
        });
    server.start();
    String json =
        """
        {"disks":{"disk":{"driver":"s3","bucket":"b","endpoint":"http://127.0.0.1:%d",\
        "access_key":"k","secret_key":"s","region":"eu-west-1","timeout":"%ds"}}}"""
            .formatted(server.getAddress().getPort(), seconds);
    try (StorageManager manager = StorageManager.open(DiskMap.parse(json))) {
      return catchThrowableOfType(
          StorageException.class, () -> manager.disk("disk").metadata("patient/file"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_clock_that_is_wrong_is_said_so() throws Exception {
    StorageException failure = failure(403, "RequestTimeTooSkewed", Map.of());
    assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(failure.sentence()).contains("clock").contains("NTP");
    assertThat(failure.getMessage()).doesNotContain("patient");
  }

  @Test
  void a_bucket_of_another_region_is_said_so_with_its_region() throws Exception {
    Map<String, String> region = Map.of("x-amz-bucket-region", "us-west-2");
    for (String code : new String[] {"PermanentRedirect", "AuthorizationHeaderMalformed"}) {
      int status = code.equals("PermanentRedirect") ? 301 : 400;
      StorageException failure = failure(status, code, region);
      assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
      assertThat(failure.sentence())
          .contains("region 'us-west-2', not 'eu-west-1'")
          .contains("\"region\": \"us-west-2\"");
    }
  }

  @Test
  void content_without_a_length_is_refused() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("ETag", "\"tag\"");
            exchange.sendResponseHeaders(200, 0);
            exchange
                .getResponseBody()
                .write("<ListBucketResult/>".getBytes(StandardCharsets.US_ASCII));
          }
        });
    server.start();
    String json =
        """
        {"disks":{"disk":{"driver":"s3","bucket":"b","endpoint":"http://127.0.0.1:%d",\
        "access_key":"k","secret_key":"s","read_only":true}}}"""
            .formatted(server.getAddress().getPort());
    try (StorageManager manager = StorageManager.open(DiskMap.parse(json))) {
      StorageException failure =
          catchThrowableOfType(
              StorageException.class, () -> manager.disk("disk").download("f").close());
      assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
      assertThat(failure.sentence()).contains("Content-Length");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void credentials_that_have_expired_are_said_so() throws Exception {
    StorageException failure = failure(400, "ExpiredToken", Map.of());
    assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(failure.sentence()).contains("temporary credentials");
  }

  @Test
  void a_store_that_never_stops_to_throttle_ends_the_call_in_time() throws Exception {
    long start = System.nanoTime();
    StorageException failure = failure(503, "SlowDown", Map.of(), 4);
    assertThat(failure.kind()).isIn(ErrorKind.THROTTLED, ErrorKind.TIMEOUT);
    assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
  }
}
