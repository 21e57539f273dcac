package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a small save sends when it goes past the client, and that all but a success is the client's.
 */
@Timeout(60)
class S3DirectPutTest {
  /** Stands for a 403 that is about the clock. */
  private static final int SKEWED = 1403;

  /** A PUT of a file as the store saw it. */
  private record Seen(String path, Map<String, String> headers, String content) {}

  private final List<Seen> puts = new CopyOnWriteArrayList<>();
  private final List<Integer> answers = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] content = exchange.getRequestBody().readAllBytes();
      if (!exchange.getRequestMethod().equals("PUT")) {
        boolean list = exchange.getRequestMethod().equals("GET");
        byte[] none = "<ListBucketResult/>".getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(list ? 200 : 404, list ? none.length : -1);
        exchange.getResponseBody().write(none);
        return;
      }
      if (exchange.getRequestURI().getRawPath().contains("/.diskmap/")) {
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
      puts.add(
          new Seen(
              exchange.getRequestURI().getRawPath(),
              headers,
              new String(content, StandardCharsets.UTF_8)));
      int status = answers.isEmpty() ? 200 : answers.remove(0);
      if (status == 200) {
        exchange.getResponseHeaders().add("ETag", "\"tag\"");
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      String code =
          switch (status) {
            case 503 -> "SlowDown";
            case SKEWED -> "RequestTimeTooSkewed";
            default -> "InvalidAccessKeyId";
          };
      byte[] body =
          "<Error><Code>%s</Code><Message>m</Message></Error>"
              .formatted(code)
              .getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(status == SKEWED ? 403 : status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private StorageManager open(String more) throws StorageException {
    return StorageManager.open(
        DiskMap.parse(
            """
            {"disks":{"disk":{"driver":"s3","bucket":"b","endpoint":"http://127.0.0.1:%d/base",\
            "access_key":"k","secret_key":"s"%s}}}"""
                .formatted(server.getAddress().getPort(), more)));
  }

  private static void save(Storage disk, String path) throws IOException {
    SaveOptions options =
        SaveOptions.defaults().withContentType("text/x-note").withAttributes(Map.of("name", "Zoë"));
    disk.save(path, Content.of("small".getBytes(StandardCharsets.UTF_8)), options);
  }

  @Test
  void a_small_save_asks_for_the_same_with_and_without_the_client() throws IOException {
    assertSame("");
  }

  @Test
  void a_small_save_with_signed_content_asks_for_the_same_too() throws IOException {
    assertSame(",\"sign_content\":true");
    assertThat(puts)
        .allMatch(put -> put.headers().get("x-amz-content-sha256").matches("[0-9a-f]{64}"));
  }

  private void assertSame(String more) throws IOException {
    List<String> paths = List.of("a b/ü+%25&=~'()*", "d/x:y;z,!$@", "e/😀 .txt", "q?#[]{}|^`\"<>");
    try (StorageManager direct = open(more);
        StorageManager byClient = open(more + ",\"storage_class\":\"STANDARD\"")) {
      for (String path : paths) {
        save(direct.disk("disk"), path);
        save(byClient.disk("disk"), path);
      }
    }
    assertThat(puts).hasSize(2 * paths.size());
    for (int i = 0; i < puts.size(); i += 2) {
      Seen direct = puts.get(i);
      Seen byClient = puts.get(i + 1);
      assertThat(direct.headers()).containsEntry("User-Agent", "diskmap");
      assertThat(byClient.headers().get("User-Agent")).startsWith("aws-sdk-java");
      assertThat(direct.path()).isEqualTo(byClient.path()).startsWith("/base/b/");
      assertThat(direct.content()).isEqualTo(byClient.content()).isEqualTo("small");
      assertThat(asked(direct)).isEqualTo(asked(byClient));
    }
  }

  /** What the store acts on: all but who sent it, when, and how it is signed. */
  private static Map<String, String> asked(Seen put) {
    Map<String, String> asked = new TreeMap<>(put.headers());
    List<String> own =
        new ArrayList<>(
            List.of("user-agent", "authorization", "x-amz-date", "x-amz-storage-class"));
    own.add("x-amz-meta-diskmap-write-id");
    asked
        .keySet()
        .removeIf(
            name ->
                own.contains(name.toLowerCase(Locale.ROOT))
                    || name.toLowerCase(Locale.ROOT).startsWith("amz-sdk"));
    return asked;
  }

  @Test
  void a_store_that_asks_for_fewer_requests_gets_the_file_later() throws IOException {
    answers.addAll(List.of(503, 503));
    try (StorageManager manager = open("")) {
      save(manager.disk("disk"), "file");
    }
    assertThat(puts).hasSize(3).allMatch(put -> put.content().equals("small"));
  }

  @Test
  void a_refusal_is_read_by_the_client_and_not_asked_for_again() throws IOException {
    answers.add(403);
    try (StorageManager manager = open("")) {
      StorageException failure =
          catchThrowableOfType(StorageException.class, () -> save(manager.disk("disk"), "file"));
      assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
      assertThat(failure.sentence()).contains("does not know the access key");
    }
    assertThat(puts).hasSize(1);
  }

  @Test
  void a_clock_that_the_client_has_to_set_right_is_refused_once() throws IOException {
    answers.add(SKEWED);
    try (StorageManager manager = open("")) {
      save(manager.disk("disk"), "file");
      save(manager.disk("disk"), "file");
    }
    assertThat(puts).hasSize(3);
    assertThat(puts.get(2).headers().get("User-Agent")).startsWith("aws-sdk-java");
  }

  @Test
  void answers_that_are_refusals_do_not_keep_connections() throws IOException {
    try (StorageManager manager = open(",\"connections\":2")) {
      for (int i = 0; i < 10; i++) {
        answers.add(403);
        StorageException failure =
            catchThrowableOfType(StorageException.class, () -> save(manager.disk("disk"), "file"));
        assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
      }
      save(manager.disk("disk"), "file");
    }
    assertThat(puts).hasSize(11);
  }
}
