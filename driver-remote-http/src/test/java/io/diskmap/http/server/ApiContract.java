package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.RecordedAudit;
import io.diskmap.http.Servers;
import io.diskmap.http.protocol.Digests;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the wire contract promises, the same for every engine. */
abstract class ApiContract {
  private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);
  private static final String NARROW = "narrow-key-0123456789-0123456789";
  private static final String READER = "reader-key-0123456789-0123456789";
  private static final String OLD = "rotated-key-0123456789-0123456789";

  private final RecordedAudit audit = new RecordedAudit();
  private StorageManager storages;
  private String url;
  private Api api;

  /** Starts the engine under test and gives its base URL. */
  abstract String start(StorageServer server) throws IOException;

  abstract void stop();

  @BeforeEach
  void startServer() throws IOException {
    storages =
        StorageManager.builder()
            .role(ServerRole.SERVICES)
            .diskMap(
                DiskMap.builder()
                    .disk("workspace", "memory", Map.of())
                    .disk("other", "memory", Map.of())
                    .build())
            .audit(audit)
            .build();
    Map<String, ServerSection.Key> keys = new LinkedHashMap<>();
    keys.put(
        "web",
        new ServerSection.Key(
            Secret.of(Servers.KEY),
            Optional.of(Secret.of(OLD)),
            List.of(),
            List.of(""),
            false,
            true));
    keys.put(
        "narrow",
        new ServerSection.Key(
            Secret.of(NARROW),
            Optional.empty(),
            List.of("workspace"),
            List.of("a/b"),
            false,
            false));
    keys.put(
        "reader",
        new ServerSection.Key(
            Secret.of(READER), Optional.empty(), List.of(), List.of(""), true, false));
    url = start(StorageServer.of(storages, Servers.section(keys)));
    api = new Api(url, Servers.KEY);
  }

  @AfterEach
  void stopServer() {
    stop();
    storages.close();
  }

  private Storage workspace() throws IOException {
    return storages.workspace();
  }

  @Test
  void without_a_key_only_the_bare_health_is_told() throws IOException {
    Api nobody = new Api(url, "");
    assertThat(Api.text(nobody.get("health"))).isEqualTo("{\"status\":\"ok\"}");
    for (String call :
        List.of("list", "download?path=a", "exists?path=a", "metadata?path=a", "nothing")) {
      HttpResponse<byte[]> answer = nobody.get(call);
      assertThat(answer.statusCode()).as(call).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    }
    for (String call : List.of("upload?path=a", "upload_chunked?phase=init&path=a", "cleanup")) {
      assertThat(nobody.post(call).statusCode()).as(call).isEqualTo(401);
    }
    assertThat(workspace().exists("a")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0123456789abcdef0123456789abcdeF", "test-key-123", "é"})
  void a_wrong_key_is_answered_like_no_key(String wrong) throws IOException {
    HttpResponse<byte[]> none = new Api(url, "").get("list", "X-Request-Id", "request-1");
    HttpResponse<byte[]> answer =
        new Api(url, "").get("list", "X-API-Key", wrong, "X-Request-Id", "request-1");
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(Api.text(answer)).isEqualTo(Api.text(none));
  }

  @Test
  void both_live_keys_and_the_bearer_form_open() throws IOException {
    assertThat(new Api(url, OLD).get("list").statusCode()).isEqualTo(200);
    assertThat(new Api(url, "").get("list", "Authorization", "Bearer " + Servers.KEY).statusCode())
        .isEqualTo(200);
  }

  @Test
  void many_wrong_keys_are_slowed_down_and_a_right_one_is_not() throws IOException {
    Api guesser = new Api(url, "guess");
    int last = 0;
    for (int i = 0; i < 25; i++) {
      last = guesser.get("list").statusCode();
    }
    assertThat(last).isEqualTo(429);
    assertThat(api.get("list").statusCode()).isEqualTo(200);
  }

  @Test
  void a_key_opens_its_disk_and_prefix_by_whole_segments() throws IOException {
    Api narrow = new Api(url, NARROW);
    assertThat(narrow.put("upload?path=a/b/c", CONTENT).statusCode()).isEqualTo(201);
    for (String path : List.of("a/bc", "a", "x", "a/b.txt")) {
      assertThat(narrow.put("upload?path=" + path, CONTENT).statusCode()).isEqualTo(403);
      assertThat(narrow.get("exists?path=" + path).statusCode()).isEqualTo(403);
    }
    assertThat(narrow.get("list?prefix=a/b").statusCode()).isEqualTo(200);
    assertThat(narrow.get("list?prefix=").statusCode()).isEqualTo(403);
    assertThat(narrow.post("delete_prefix?all=true").statusCode()).isEqualTo(403);
    assertThat(narrow.post("cleanup?older_than_hours=0").statusCode()).isEqualTo(403);
    HttpResponse<byte[]> other = narrow.get("exists?disk=other&path=a/b/c");
    HttpResponse<byte[]> unknown = narrow.get("exists?disk=unknown&path=a/b/c");
    assertThat(other.statusCode()).isEqualTo(403);
    assertThat(unknown.statusCode()).isEqualTo(403);
    String session = session(api.post("upload_chunked?phase=init&path=elsewhere"));
    assertThat(narrow.get("upload_chunked?phase=status&session=" + session).statusCode())
        .isEqualTo(403);
    assertThat(api.get("upload_chunked?phase=status&session=" + session).statusCode())
        .isEqualTo(200);
  }

  @Test
  void a_reading_key_changes_nothing() throws IOException {
    workspace().save("a", Content.of("1"));
    Api reader = new Api(url, READER);
    assertThat(reader.get("download?path=a").statusCode()).isEqualTo(200);
    for (String call :
        List.of(
            "upload?path=a",
            "delete?path=a",
            "delete_prefix?all=true",
            "cleanup?older_than_hours=0",
            "upload_chunked?phase=init&path=b")) {
      HttpResponse<byte[]> answer = reader.post(call);
      assertThat(answer.statusCode()).as(call).isEqualTo(403);
      assertThat(Api.text(answer)).contains("\"code\":\"read-only\"");
    }
    assertThat(workspace().exists("a")).isTrue();
  }

  @Test
  void every_call_leaves_a_record_refused_ones_too() throws IOException {
    api.put(
        "upload?path=a",
        CONTENT,
        "X-Request-Id",
        "request-1",
        "X-Audit-User",
        "J%C3%BCrgen",
        "X-Audit-Cohort",
        "cohort_1");
    AuditEvent saved = outcome("request-1");
    assertThat(saved.action()).isEqualTo(AuditAction.FILE_UPLOADED_VIA_STREAM);
    assertThat(saved.context().user()).contains("Jürgen");
    assertThat(saved.context().cohort()).contains("cohort_1");
    assertThat(saved.context().keyId()).contains("web");
    assertThat(saved.context().remoteAddress()).isPresent();
    assertThat(saved.bytesTransferred()).isEqualTo(10);

    new Api(url, "wrong").get("download?path=a", "X-Request-Id", "request-2");
    AuditEvent refused = outcome("request-2");
    assertThat(refused.action()).isEqualTo(AuditAction.ACCESS_REFUSED);
    assertThat(refused.outcome()).isEqualTo(AuditEvent.Outcome.DENIED);
    assertThat(refused.errorKind()).contains(ErrorKind.UNAUTHENTICATED);

    new Api(url, NARROW)
        .get("download?path=x", "X-Request-Id", "request-3", "X-Audit-User", "somebody");
    AuditEvent forbidden = outcome("request-3");
    assertThat(forbidden.context().keyId()).contains("narrow");
    assertThat(forbidden.context().user()).as("this key names no users").isEmpty();

    assertThat(api.get("download?path=a", "X-Request-Id", "request-4").body()).isEqualTo(CONTENT);
    AuditEvent read = outcome("request-4");
    assertThat(read.action()).isEqualTo(AuditAction.FILE_DOWNLOADED_VIA_STREAM);
    assertThat(read.bytesTransferred()).isEqualTo(10);
    assertThat(audit.intents()).hasSameSizeAs(audit.outcomes());
  }

  @Test
  void a_path_that_is_none_leaves_a_record_of_who_asked_for_it() throws IOException {
    int number = 0;
    for (String call :
        List.of("download?path=", "exists?path=", "metadata?path=", "list?prefix=")) {
      String id = "bad-path-" + ++number;
      assertThat(api.get(call + "..%2Fx", "X-Request-Id", id).statusCode()).isEqualTo(400);
      requireRefused(outcome(id));
    }
    for (String call :
        List.of(
            "upload?path=",
            "delete?path=",
            "delete_prefix?prefix=",
            "cleanup?prefix=",
            "upload_chunked?phase=init&path=")) {
      String id = "bad-path-" + ++number;
      assertThat(api.post(call + "..%2Fx", "X-Request-Id", id).statusCode()).isEqualTo(400);
      requireRefused(outcome(id));
    }
  }

  private static void requireRefused(AuditEvent record) {
    assertThat(record.action()).isEqualTo(AuditAction.ACCESS_REFUSED);
    assertThat(record.outcome()).isEqualTo(AuditEvent.Outcome.DENIED);
    assertThat(record.errorKind()).contains(ErrorKind.PATH_INVALID);
    assertThat(record.filePath()).isEqualTo("../x");
    assertThat(record.context().keyId()).contains("web");
  }

  @Test
  void an_upload_that_is_given_up_leaves_a_record_and_one_that_failed_no_second()
      throws IOException {
    String session = session("given-up-1");
    api.send(
        "DELETE", "upload_chunked?session=" + session, new byte[0], "X-Request-Id", "given-up-1");
    AuditEvent gone = outcome("given-up-1");
    assertThat(gone.action()).isEqualTo(AuditAction.FILE_UPLOADED_CHUNKED);
    assertThat(gone.outcome()).isEqualTo(AuditEvent.Outcome.ABORTED);
    assertThat(gone.filePath()).isEqualTo("given/up");

    String failing = session("failing-1");
    assertThat(
            api.post(
                    "upload_chunked?phase=complete&size=7&session=" + failing,
                    "X-Request-Id",
                    "failing-1")
                .statusCode())
        .isGreaterThanOrEqualTo(400);
    api.send(
        "DELETE", "upload_chunked?session=" + failing, new byte[0], "X-Request-Id", "failing-1");
    assertThat(outcome("failing-1").outcome()).isEqualTo(AuditEvent.Outcome.FAILED);
  }

  private String session(String requestId) throws IOException {
    String answer =
        Api.text(api.post("upload_chunked?phase=init&path=given%2Fup", "X-Request-Id", requestId));
    return answer.replaceAll("(?s).*\"session\":\"([^\"]+)\".*", "$1");
  }

  private AuditEvent outcome(String requestId) {
    try {
      Eventually.holds("a record of " + requestId, () -> outcomes(requestId).size() == 1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return outcomes(requestId).get(0);
  }

  private List<AuditEvent> outcomes(String requestId) {
    return audit.outcomes().stream()
        .filter(event -> event.context().requestId().equals(Optional.of(requestId)))
        .toList();
  }

  @Test
  void the_request_id_comes_back_and_a_doubtful_one_does_not() throws IOException {
    assertThat(api.get("list", "X-Request-Id", "good-id_1.2").headers().firstValue("X-Request-Id"))
        .contains("good-id_1.2");
    HttpResponse<byte[]> answer = api.get("nothing", "X-Request-Id", "bad id");
    assertThat(answer.headers().firstValue("X-Request-Id").orElseThrow()).hasSize(36);
    assertThat(answer.headers().firstValue("X-Diskmap-Version")).contains("1");
    assertThat(api.get("list", "X-Diskmap-Version", "2").statusCode()).isEqualTo(400);
  }

  @Test
  void unknown_calls_and_methods_are_refused() throws IOException {
    for (String call : List.of("nothing", "upload/", "upload/x", "%75pload", "list%3fprefix=")) {
      assertThat(api.get(call).statusCode()).as(call).isIn(400, 404);
    }
    HttpResponse<byte[]> answer = api.send("DELETE", "upload?path=a", new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST, PUT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..%2Fx",
        "a%2F..%2F..%2Fx",
        "%2Fetc%2Fpasswd",
        "%2F%2Fx",
        "a%2F%2Fb",
        ".",
        "..",
        "a%2F.%2Fb",
        "a%2F",
        "C:%5Cx",
        "%5C%5Chost%5Cs",
        "a%5C..%5Cb",
        "%c0%ae%c0%ae%2F",
        "%ff",
        "a%00b",
        "a%0d%0ab",
        "%01",
        "%7f",
        "%ed%a0%80",
        ".diskmap%2Fuploads",
        "a%2F.diskmap-x",
        ""
      })
  void a_hostile_path_is_refused_by_every_call(String path) throws IOException {
    for (String call : List.of("download", "metadata", "exists")) {
      assertThat(api.get(call + "?path=" + path).statusCode()).as(call).isEqualTo(400);
    }
    for (String call : List.of("upload", "delete")) {
      assertThat(api.post(call + "?path=" + path).statusCode()).as(call).isEqualTo(400);
    }
    assertThat(api.post("upload_chunked?phase=init&path=" + path).statusCode()).isEqualTo(400);
    if (!path.isEmpty()) {
      assertThat(api.get("list?prefix=" + path).statusCode()).isEqualTo(400);
      assertThat(api.post("delete_prefix?prefix=" + path).statusCode()).isEqualTo(400);
      assertThat(api.post("cleanup?prefix=" + path).statusCode()).isEqualTo(400);
    }
    assertThat(workspace().usage("").files()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%2e%2e%2fx",
        "..;",
        "a b+c&d=e#f",
        "ä/ö",
        "a\u0308",
        "．．／x",
        "😀",
        "con",
        "x:ads",
        "x.",
        " ",
        "a/b c/ d "
      })
  void an_unusual_path_is_kept_as_it_is(String path) throws IOException {
    assertThat(api.put("upload?path=" + Api.encode(path), CONTENT).statusCode()).isEqualTo(201);
    assertThat(workspace().exists(path)).isTrue();
    assertThat(workspace().usage("").files()).isEqualTo(1);
    assertThat(api.get("download?path=" + Api.encode(path)).body()).isEqualTo(CONTENT);
  }

  @Test
  void a_save_holds_its_conditions_and_digests() throws IOException {
    assertThat(api.put("upload?path=a&overwrite=false", CONTENT).statusCode()).isEqualTo(201);
    assertThat(api.put("upload?path=a&overwrite=false", CONTENT).statusCode()).isEqualTo(409);
    assertThat(api.put("upload?path=a", CONTENT, "If-None-Match", "*").statusCode()).isEqualTo(409);
    String tag = api.get("metadata?path=a").headers().firstValue("ETag").orElseThrow();
    assertThat(api.put("upload?path=a", CONTENT, "If-Match", "\"other\"").statusCode())
        .isEqualTo(412);
    assertThat(api.put("upload?path=a", CONTENT, "If-Match", tag).statusCode()).isEqualTo(201);
    assertThat(api.put("upload?path=a", CONTENT, "If-Match", tag).statusCode()).isEqualTo(412);

    CRC32C crc = new CRC32C();
    crc.update(CONTENT);
    String right = Digests.crc32c(crc.getValue()).toString();
    String wrong = Digests.crc32c(crc.getValue() ^ 1).toString();
    assertThat(api.put("upload?path=b", CONTENT, "Content-Digest", wrong).statusCode())
        .isEqualTo(422);
    assertThat(workspace().exists("b")).isFalse();
    assertThat(api.put("upload?path=b", CONTENT, "Content-Digest", right).statusCode())
        .isEqualTo(201);
    assertThat(api.put("upload?path=c", CONTENT, "Repr-Digest", wrong).statusCode()).isEqualTo(422);
    assertThat(workspace().exists("c")).isFalse();
  }

  @Test
  void a_save_is_known_again_by_its_write_id() throws IOException {
    String id = "0123456789abcdef0123456789abcdef";
    String call = "upload?path=a&overwrite=false&write_id=" + id;
    HttpResponse<byte[]> first = api.put(call, CONTENT);
    assertThat(first.statusCode()).isEqualTo(201);
    HttpResponse<byte[]> again = api.put(call, CONTENT);
    assertThat(again.statusCode()).isEqualTo(201);
    HttpResponse<byte[]> looked = api.post("upload_chunked?phase=complete&size=10&session=" + id);
    assertThat(looked.statusCode()).isEqualTo(201);
    assertThat(Api.text(looked)).isEqualTo(Api.text(first)).isEqualTo(Api.text(again));
    String other = "fedcba9876543210fedcba9876543210";
    assertThat(api.put("upload?path=a&overwrite=false&write_id=" + other, CONTENT).statusCode())
        .isEqualTo(409);
    assertThat(api.post("upload_chunked?phase=complete&size=10&session=" + other).statusCode())
        .isEqualTo(404);
  }

  @Test
  void a_read_holds_its_conditions() throws IOException {
    workspace().save("a", Content.of(CONTENT));
    HttpResponse<byte[]> whole = api.get("download?path=a");
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(whole.headers().firstValue("Cache-Control")).contains("private, no-store");
    assertThat(whole.headers().firstValue("Content-Disposition").orElseThrow())
        .startsWith("attachment");
    String tag = whole.headers().firstValue("ETag").orElseThrow();
    String date = whole.headers().firstValue("Last-Modified").orElseThrow();

    assertThat(api.get("download?path=a", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(api.get("download?path=a", "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
    assertThat(api.get("download?path=a", "If-Modified-Since", date).statusCode()).isEqualTo(304);
    assertThat(api.get("download?path=a", "If-Match", "\"x\"").statusCode()).isEqualTo(412);
    assertThat(api.get("download?path=a", "If-Match", "\"x\", " + tag).statusCode()).isEqualTo(200);
    assertThat(api.get("download?path=a", "If-Match", "x").statusCode()).isEqualTo(400);
    HttpResponse<byte[]> head = api.send("HEAD", "download?path=a", new byte[0]);
    assertThat(head.headers().firstValue("Content-Length")).contains("10");
    assertThat(head.body()).isEmpty();
  }

  @Test
  void a_read_gives_the_range_that_is_asked_for() throws IOException {
    workspace().save("a", Content.of(CONTENT));
    String tag = api.get("metadata?path=a").headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> part = api.get("download?path=a", "Range", "bytes=2-4");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(Api.text(part)).isEqualTo("234");
    assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
    assertThat(Api.text(api.get("download?path=a", "Range", "bytes=-2"))).isEqualTo("89");
    assertThat(Api.text(api.get("download?path=a", "Range", "bytes=8-"))).isEqualTo("89");
    HttpResponse<byte[]> beyond = api.get("download?path=a", "Range", "bytes=10-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(beyond.headers().firstValue("Content-Range")).contains("bytes */10");
    assertThat(api.get("download?path=a", "Range", "bytes=0-1,3-4").statusCode()).isEqualTo(200);
    assertThat(Api.text(api.get("download?path=a", "Range", "bytes=8-", "If-Range", tag)))
        .isEqualTo("89");
    assertThat(Api.text(api.get("download?path=a", "Range", "bytes=8-", "If-Range", "\"x\"")))
        .isEqualTo("0123456789");
  }

  @Test
  void chunks_are_held_to_the_size_of_their_upload() throws IOException {
    HttpResponse<byte[]> init = api.post("upload_chunked?phase=init&path=a&chunk=65536");
    assertThat(init.statusCode()).isEqualTo(201);
    String session = session(init);
    String chunk = "upload_chunked?phase=chunk&session=" + session + "&offset=";
    HttpResponse<byte[]> wrong = api.put(chunk + "10", CONTENT);
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(Api.text(wrong)).contains("length-mismatch").contains("65536");
    assertThat(api.put(chunk + "0", CONTENT).statusCode()).isEqualTo(200);
    assertThat(api.put(chunk + "0", CONTENT).statusCode()).isEqualTo(200);
    assertThat(api.put(chunk + "0", "0123456780".getBytes(StandardCharsets.UTF_8)).statusCode())
        .isEqualTo(412);
    assertThat(Api.text(api.get("upload_chunked?phase=status&session=" + session)))
        .contains("\"received\":[[0,10]]");
    HttpResponse<byte[]> gap =
        api.post("upload_chunked?phase=complete&session=" + session + "&size=20");
    assertThat(gap.statusCode()).isEqualTo(400);
    assertThat(workspace().exists("a")).isFalse();
    assertThat(api.send("DELETE", "upload_chunked?session=" + session, new byte[0]).statusCode())
        .isEqualTo(204);
    assertThat(api.post("upload_chunked?phase=abort&session=" + session).statusCode())
        .isEqualTo(204);
    assertThat(api.get("upload_chunked?phase=status&session=" + session).statusCode())
        .isEqualTo(404);
  }

  private static String sha256(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_chunk_that_is_not_what_its_digest_says_is_refused_and_can_be_sent_again()
      throws IOException {
    byte[] content = new byte[300_000];
    new Random(3).nextBytes(content);
    CRC32C crc = new CRC32C();
    crc.update(content);
    String right = Digests.crc32c(crc.getValue()).toString();
    String wrong = Digests.crc32c(crc.getValue() ^ 1).toString();
    String session = session(api.post("upload_chunked?phase=init&path=a&chunk=1048576"));
    String chunk = "upload_chunked?phase=chunk&offset=0&session=" + session;
    assertThat(api.put(chunk, content, "Content-Digest", wrong).statusCode()).isEqualTo(422);
    String sha256 = "sha-256=:%s:";
    assertThat(
            api.put(chunk, content, "Content-Digest", sha256.formatted(sha256(CONTENT)))
                .statusCode())
        .isEqualTo(422);
    assertThat(Api.text(api.get("upload_chunked?phase=status&session=" + session)))
        .contains("\"received\":[]");
    assertThat(api.put(chunk, content, "Content-Digest", right).statusCode()).isEqualTo(200);
    assertThat(
            api.put(chunk, content, "Content-Digest", sha256.formatted(sha256(content)))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            api.post("upload_chunked?phase=complete&size=300000&session=" + session).statusCode())
        .isEqualTo(201);
    assertThat(api.get("download?path=a").body()).isEqualTo(content);
  }

  @Test
  void a_chunk_size_that_is_proposed_is_taken_within_bounds() throws IOException {
    Map<String, Integer> answers =
        Map.of("65536", 65_536, "1", 65_536, "4194304", 4 << 20, "99999999999", 8 << 20);
    for (Map.Entry<String, Integer> answer : answers.entrySet()) {
      HttpResponse<byte[]> init =
          api.post("upload_chunked?phase=init&path=a&chunk=" + answer.getKey());
      assertThat(Api.text(init)).contains("\"chunkSize\":" + answer.getValue() + ",");
    }
    assertThat(Api.text(api.post("upload_chunked?phase=init&path=a")))
        .contains("\"chunkSize\":1048576,");
    assertThat(api.post("upload_chunked?phase=init&path=a&chunk=0").statusCode()).isEqualTo(400);
  }

  private static String session(HttpResponse<byte[]> init) {
    return Api.text(init).replaceAll(".*\"session\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void a_form_is_streamed_and_a_broken_one_saves_nothing() throws IOException {
    String type = "multipart/form-data; boundary=xyz";
    String form =
        "preamble\r\n"
            + "--xyz\r\n"
            + "Content-Disposition: form-data; name=\"note\"\r\n\r\n"
            + "hello\r\n"
            + "--xyz\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
            + "Content-Type: text/plain\r\n\r\n\r\n"
            + "--xy\r\n"
            + "--xyzzz is content? no\r\n"
            + "--xyz--\r\n";
    String good =
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
            + "one\r\n--xy\rtwo\r\n--xyz--\r\n";
    assertThat(
            api.send(
                    "POST",
                    "upload?path=f",
                    good.getBytes(StandardCharsets.UTF_8),
                    "Content-Type",
                    type)
                .statusCode())
        .isEqualTo(201);
    assertThat(Api.text(api.get("download?path=f"))).isEqualTo("one\r\n--xy\rtwo");
    for (String broken :
        List.of(
            good.substring(0, good.length() - 12),
            form.replace("name=\"file\"", "name=\"else\""),
            "nothing")) {
      assertThat(
              api.send(
                      "POST",
                      "upload?path=g",
                      broken.getBytes(StandardCharsets.UTF_8),
                      "Content-Type",
                      type)
                  .statusCode())
          .isEqualTo(400);
      assertThat(workspace().exists("g")).isFalse();
    }
  }

  @Test
  void a_listing_comes_in_pages_and_in_lines() throws IOException {
    for (int i = 0; i < 25; i++) {
      workspace().save("p/%02d".formatted(i), Content.of("x"));
    }
    String call = "list?prefix=p&limit=10";
    int files = 0;
    int pages = 0;
    while (!call.isEmpty()) {
      String page = Api.text(api.get(call));
      files += page.split("\"path\"").length - 1;
      pages++;
      call =
          page.contains("\"next\"")
              ? "list?prefix=p&limit=10&cursor="
                  + page.replaceAll(".*\"next\":\"([^\"]+)\".*", "$1")
              : "";
    }
    assertThat(files).isEqualTo(25);
    assertThat(pages).isBetween(3, 4);
    List<String> lines =
        Api.text(api.get("list?prefix=p&start_after=p/19", "Accept", "application/x-ndjson"))
            .lines()
            .toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(5)).isEqualTo("{\"end\":true,\"count\":5,\"skipped\":0}");
    assertThat(api.get("list?cursor=!").statusCode()).isEqualTo(400);
  }

  @Test
  void an_upload_that_is_refused_costs_no_body() throws IOException {
    URI server = URI.create(url);
    String head =
        "PUT /internal/storage/upload?path=a HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\nX-API-Key: wrong\r\nContent-Length: 8388608\r\n\r\n";
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String status = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(status).isEqualTo("HTTP/1.1 401");
    }
  }
}
