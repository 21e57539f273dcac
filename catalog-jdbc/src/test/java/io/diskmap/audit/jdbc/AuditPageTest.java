package io.diskmap.audit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditSink;
import io.diskmap.DiskMap;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.process.Tool;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the audit trail, over HTTP and in a real browser. */
class AuditPageTest {
  private static final String AUDIT_KEY = "the-key-of-the-audit-page-0123456789";
  private static final String HOSTILE = "\"><script>document.title='owned'</script>";
  private static final Tool BROWSER = Tool.ofPackage("chromium", "chromium");
  private static final int GREEN = 0xff1f7a4d;

  @TempDir Path directory;
  private StorageManager storages;
  private StorageServer server;

  @BeforeEach
  void start() throws Exception {
    String store = directory.resolve("store").toString();
    Instant now = Instant.now().minusSeconds(3 * 86_400);
    try (JdbcAuditStore filled = JdbcAuditStore.open(store, ServerRole.SERVICES)) {
      for (int i = 0; i < 150; i++) {
        Outcome outcome = i % 9 == 0 ? Outcome.DENIED : Outcome.OK;
        Instant at = now.plusSeconds(i * 1200L);
        Events.record(
            filled,
            Events.intent("user" + i % 4, "cohort_1/patient_" + i + "/data.csv", at),
            outcome);
      }
      Instant last = Instant.now();
      Events.record(
          filled, Events.intent(HOSTILE, "a/<img src=x onerror=alert(1)>", last), Outcome.OK);
      Events.record(filled, Events.intent("ann", "b/\u202egnp.exe", last), Outcome.DENIED);
    }
    DiskMap map =
        DiskMap.builder()
            .disk("workspace", "memory", Map.of())
            .section("audit", Map.of("store", store))
            .build();
    storages =
        StorageManager.builder()
            .diskMap(map)
            .role(ServerRole.SERVICES)
            .audit(AuditSink.none())
            .build();
    server = StorageServer.of(storages, section(Optional.of(Secret.of(AUDIT_KEY))));
    server.start();
  }

  private static ServerSection section(Optional<Secret> auditKey) {
    ServerSection.Key key =
        new ServerSection.Key(
            Secret.of(AuditedServerMain.KEY),
            Optional.empty(),
            List.of(),
            List.of(""),
            false,
            true);
    return new ServerSection(
        InetSocketAddress.createUnresolved("127.0.0.1", 0),
        Optional.empty(),
        Map.of("web", key),
        auditKey);
  }

  @AfterEach
  void stop() {
    server.close();
    storages.close();
  }

  private String url(String more) {
    return "http://127.0.0.1:" + server.address().getPort() + "/internal/audit" + more;
  }

  private static HttpResponse<String> get(String url, String key) throws Exception {
    String pair = Base64.getEncoder().encodeToString(("x:" + key).getBytes(StandardCharsets.UTF_8));
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!key.isEmpty()) {
      request.header("Authorization", "Basic " + pair);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String dom(String more) throws IOException, InterruptedException {
    return browser("--dump-dom", more);
  }

  private String browser(String action, String more) throws IOException, InterruptedException {
    String withKey = url(more).replace("http://", "http://reader:" + AUDIT_KEY + "@");
    var run =
        BROWSER.run(
            Duration.ofSeconds(60),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1400,1000",
            "--user-data-dir=" + directory.resolve("browser"),
            action,
            withKey);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }

  @Test
  @NeedsInstalled(tools = "chromium", packages = "chromium")
  void a_browser_shows_hostile_names_as_text_and_runs_nothing() throws Exception {
    String page = dom("");
    assertThat(page)
        .contains("<title>Audit trail</title>")
        .contains("document.title='owned'")
        .contains("&lt;img src=x onerror=alert(1)&gt;")
        .contains("\\u202egnp.exe")
        .doesNotContain("<script")
        .doesNotContain("<img");
  }

  @Test
  @NeedsInstalled(tools = "chromium", packages = "chromium")
  void a_browser_applies_the_style_under_the_strict_policy() throws Exception {
    Path picture = directory.resolve("page.png");
    browser("--screenshot=" + picture, "");
    BufferedImage image = ImageIO.read(picture.toFile());
    long green = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        green += image.getRGB(x, y) == GREEN ? 1 : 0;
      }
    }
    assertThat(green).as("pixels of the bars of days").isGreaterThan(500);
  }

  @Test
  @NeedsInstalled(tools = "chromium", packages = "chromium")
  void a_browser_filters_and_shows_the_history_of_one_file() throws Exception {
    String filtered = dom("?user=user1&outcome=ok");
    assertThat(filtered).contains("user1").doesNotContain(">user2<").doesNotContain("badge bad");
    String history = dom("?disk=workspace&file=" + encode("cohort_1/patient_7/data.csv"));
    assertThat(history)
        .contains("The history of")
        .contains("patient_7")
        .doesNotContain("patient_8");
    assertThat(history.split("<tr>", -1)).hasSize(3);
  }

  @Test
  void pages_follow_each_other_and_totals_are_shown() throws Exception {
    String first = get(url(""), AUDIT_KEY).body();
    assertThat(first).contains("152").contains("operations in 31 days").contains("Older");
    String older = first.replaceFirst("(?s).*<a href=\"([^\"]*after=[^\"]*)\">Older.*", "$1");
    String second =
        get(url("").replace("/internal/audit", older.replace("&amp;", "&")), AUDIT_KEY).body();
    assertThat(second.split("<tr>", -1)).hasSize(54).isNotEmpty();
    assertThat(second).doesNotContain("Older").contains("Newest");
  }

  @Test
  void the_selection_is_exported() throws Exception {
    HttpResponse<String> csv = get(url("/export.csv?user=user1"), AUDIT_KEY);
    assertThat(csv.body().lines()).hasSize(39).allMatch(l -> l.contains("user"));
    assertThat(csv.headers().firstValue("Content-Disposition").orElse("")).contains("audit.csv");
    assertThat(get(url("/export.json?user=" + encode(HOSTILE)), AUDIT_KEY).body())
        .contains("\"user\":\"\\\"><script>");
  }

  @Test
  void only_its_own_key_opens_it_and_it_is_only_read() throws Exception {
    assertThat(get(url(""), "").statusCode()).isEqualTo(401);
    assertThat(get(url(""), "").headers().firstValue("WWW-Authenticate").orElse(""))
        .startsWith("Basic");
    assertThat(get(url(""), AuditedServerMain.KEY).statusCode()).isEqualTo(401);
    assertThat(get(url("/export.csv"), "wrong").statusCode()).isEqualTo(401);
    assertThat(get(url("/other"), AUDIT_KEY).statusCode()).isEqualTo(404);
    assertThat(get(url("?action=none"), AUDIT_KEY).statusCode()).isEqualTo(400);
    assertThat(get(url("?after=x.y.z"), AUDIT_KEY).statusCode()).isEqualTo(400);
    assertThat(get(url("?from=yesterday"), AUDIT_KEY).statusCode()).isEqualTo(400);
    HttpResponse<String> page = get(url(""), AUDIT_KEY);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; style-src 'sha256-");
    assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(url("")))
            .header("X-API-Key", AUDIT_KEY)
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(HttpClient.newHttpClient().send(post, BodyHandlers.discarding()).statusCode())
        .isEqualTo(405);
  }

  @Test
  void there_is_no_page_without_a_key_of_its_own() throws Exception {
    try (StorageServer other = StorageServer.of(storages, section(Optional.empty()))) {
      other.start();
      String url = "http://127.0.0.1:" + other.address().getPort() + "/internal/audit";
      assertThat(get(url, AuditedServerMain.KEY).statusCode()).isEqualTo(404);
    }
  }
}
