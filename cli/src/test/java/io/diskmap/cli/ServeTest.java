package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.audit.jdbc.AuditArchive;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services server as a process, and the command against it. */
class ServeTest {
  @TempDir Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void a_web_process_reads_and_writes_through_it() throws Exception {
    try (Services services = Services.start(directory)) {
      CliRun web = services.web();
      CliRun.Result saved =
          web.input(bytes("hello")).bare("cp", "-", "workspace:a/b", "--user", "ann");
      assertThat(saved.code()).as(saved.err()).isEqualTo(Exit.OK);
      assertThat(services.root().resolve("a/b")).hasContent("hello");
      assertThat(web.bare("cat", "workspace:a/b").out()).isEqualTo("hello");
      assertThat(web.bare("ls", "-r", "-1", "workspace:").lines()).containsExactly("a/b");
      assertThat(web.bare("health").code()).isEqualTo(Exit.OK);
      CliRun.Result doctor = web.bare("doctor");
      assertThat(doctor.code()).as(doctor.out()).isEqualTo(Exit.OK);
      assertThat(web.bare("rm", "-r", "workspace:a").code()).isEqualTo(Exit.OK);
      assertThat(
              services.awaitRecord(
                  l ->
                      l.contains("\"file_uploaded_via_stream\"") && l.contains("\"user\":\"ann\"")))
          .isTrue();
    }
  }

  @Test
  void role_web_writes_no_local_file() throws Exception {
    try (Services services = Services.start(directory)) {
      CliRun web = services.web();
      web.input(bytes("hello")).bare("cp", "-", "workspace:a/b");
      Path target = directory.resolve("web-target");
      for (String[] command :
          new String[][] {
            {"cp", "workspace:a/b", target.toString()},
            {"cp", "-r", "workspace:a", target.toString()}
          }) {
        CliRun.Result refused = web.bare(command);
        assertThat(refused.code()).isEqualTo(Exit.FAILURE);
        assertThat(refused.err()).contains("READ_ONLY").contains("diskmap cat");
        assertThat(target).doesNotExist();
      }
    }
  }

  @Test
  void a_wrong_key_is_one_sentence_and_touches_nothing() throws Exception {
    try (Services services = Services.start(directory)) {
      CliRun web = services.web().with("INTERNAL_API_KEY", "another-key-" + "x".repeat(32));
      for (String[] command :
          new String[][] {
            {"cp", "-", "workspace:x"}, {"ls", "workspace:"}, {"rm", "-r", "workspace:x"}
          }) {
        CliRun.Result refused = web.input(bytes("1")).bare(command);
        assertThat(refused.code()).isEqualTo(Exit.FAILURE);
        assertThat(refused.err()).contains("UNAUTHENTICATED").contains("API key");
        assertThat(refused.complaint()).hasSize(2);
      }
      try (Stream<Path> files = Files.list(services.root())) {
        assertThat(files.map(f -> f.getFileName().toString())).isSubsetOf(".diskmap");
      }
      CliRun.Result doctor = web.bare("doctor");
      assertThat(doctor.code()).isEqualTo(Exit.FAILURE);
      assertThat(doctor.out())
          .contains("ok       reach")
          .contains("failed   log in")
          .doesNotContain("write");
    }
  }

  @Test
  void a_server_that_is_not_there_is_one_sentence() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    CliRun web =
        CliRun.of(directory.resolve("none.json"))
            .with("SERVER_ROLE", "web")
            .with("SERVICES_URL", "http://127.0.0.1:" + port)
            .with("INTERNAL_API_KEY", Services.KEY);
    CliRun.Result refused = web.input(bytes("1")).bare("cp", "-", "workspace:x");
    assertThat(refused.code()).isEqualTo(Exit.FAILURE);
    assertThat(refused.err()).contains("UNAVAILABLE").contains("remedy: ");
    assertThat(refused.complaint()).hasSize(2);
    CliRun.Result health = web.bare("health");
    assertThat(health.code()).isEqualTo(Exit.FAILURE);
    assertThat(health.out()).contains("UNAVAILABLE");
    CliRun.Result doctor = web.bare("doctor");
    assertThat(doctor.code()).isEqualTo(Exit.FAILURE);
    assertThat(doctor.out()).contains("failed   reach").contains("UNAVAILABLE");
  }

  @Test
  void a_server_that_is_killed_in_the_middle_leaves_the_old_file() throws Exception {
    try (Services services = Services.start(directory)) {
      CliRun web = services.web();
      web.input(bytes("old")).bare("cp", "-", "workspace:x");
      GatedInput source = new GatedInput(30 << 20);
      Thread killer =
          new Thread(
              () -> {
                source.awaitRead();
                ProcessHandle.of(services.process().pid())
                    .ifPresent(ProcessHandle::destroyForcibly);
                source.open();
              });
      killer.start();
      CliRun.Result cut = web.input(source).bare("cp", "-", "workspace:x");
      killer.join();
      assertThat(cut.code()).isEqualTo(Exit.FAILURE);
      assertThat(cut.err()).containsAnyOf("UNAVAILABLE", "OUTCOME_UNKNOWN", "TIMEOUT");
      assertThat(cut.complaint()).hasSize(2);
      assertThat(services.root().resolve("x")).hasContent("old");
    }
    try (Services again = Services.start(directory)) {
      assertThat(again.web().bare("ls", "-r", "-1", "workspace:").lines()).containsExactly("x");
      assertThat(again.web().bare("cat", "workspace:x").out()).isEqualTo("old");
    }
  }

  private static void terminate(Services services) {
    ProcessHandle.of(services.process().pid()).ifPresent(ProcessHandle::destroy);
  }

  private static void terminateTwice(Services services, GatedInput source) {
    services.awaitStaged();
    terminate(services);
    try {
      Eventually.holds(
          "it says that it stops",
          () -> services.process().lines().stream().anyMatch(it -> it.startsWith("stopping")));
      terminate(services);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      source.open();
    }
  }

  @Test
  void sigterm_lets_the_request_under_way_finish_however_often_it_comes() throws Exception {
    try (Services services = Services.start(directory)) {
      GatedInput source = new GatedInput(8 << 20);
      Thread stopper = new Thread(() -> terminateTwice(services, source));
      stopper.start();
      URI upload = URI.create(services.url() + "/internal/storage/upload?path=x");
      HttpRequest request =
          HttpRequest.newBuilder(upload)
              .header("X-API-Key", Services.KEY)
              .PUT(BodyPublishers.ofInputStream(() -> source))
              .build();
      int status = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
      stopper.join();
      int code = services.process().awaitExit(Duration.ofSeconds(40));
      assertThat(status).isEqualTo(201);
      assertThat(code).as(String.join("\n", services.process().lines())).isZero();
      assertThat(services.process().lines()).last().isEqualTo("stopped");
      assertThat(services.root().resolve("x")).hasSize(8 << 20);
    }
  }

  @Test
  void sigterm_amid_work_leaves_every_record_in_the_store() throws Exception {
    try (Services services = Services.start(directory)) {
      Queue<String> saved = new ConcurrentLinkedQueue<>();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "client" + i;
        clients.add(new Thread(() -> saveUntilRefused(services.url(), name, saved)));
      }
      clients.forEach(Thread::start);
      Eventually.holds("saves under way", Duration.ofSeconds(60), () -> saved.size() > 50);
      terminate(services);
      for (Thread client : clients) {
        client.join();
      }
      int code = services.process().awaitExit(Duration.ofSeconds(60));
      assertThat(code).as(String.join("\n", services.process().lines())).isZero();
      Path store = directory.resolve("nas/.diskmap-audit");
      try (Stream<Path> files = Files.walk(store)) {
        assertThat(files).noneMatch(file -> file.toString().endsWith(".journal"));
      }
      try (AuditArchive archive = AuditArchive.open(store.toString())) {
        assertThat(archive.verify().breaks()).isEmpty();
        assertThat(pathsSaved(archive)).containsAll(saved);
      }
    }
  }

  private static void saveUntilRefused(String url, String name, Queue<String> saved) {
    HttpClient client = HttpClient.newHttpClient();
    try {
      for (int i = 0; ; i++) {
        String path = name + "/" + i;
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(url + "/internal/storage/upload?path=" + path))
                .header("X-API-Key", Services.KEY)
                .PUT(BodyPublishers.ofString("content"))
                .build();
        if (client.send(request, BodyHandlers.discarding()).statusCode() != 201) {
          return;
        }
        saved.add(path);
      }
    } catch (IOException e) {
      // The server is gone, as it should be.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Set<String> pathsSaved(AuditArchive archive) throws IOException {
    Set<String> paths = new HashSet<>();
    AuditQuery query =
        AuditQuery.all()
            .withAction(AuditAction.FILE_UPLOADED_VIA_STREAM)
            .withOutcome(AuditEvent.Outcome.OK)
            .withLimit(AuditQuery.MAX_LIMIT);
    Optional<AuditQuery> next = Optional.of(query);
    while (next.isPresent()) {
      AuditPage page = archive.trail().page(next.get());
      page.records().forEach(record -> paths.add(record.event().filePath()));
      next = page.next().map(query::withAfter);
    }
    return paths;
  }

  @Test
  void it_says_why_it_does_not_start() throws Exception {
    Files.createDirectories(directory.resolve("nas/workspace"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CliRun services =
          CliRun.of(directory.resolve("none.json"))
              .with("SERVER_ROLE", "services")
              .with("NAS_WORKSPACE_PATH", directory.resolve("nas").toString());
      CliRun.Result noKey = services.bare("serve");
      assertThat(noKey.code()).isEqualTo(Exit.USAGE);
      assertThat(noKey.err()).contains("CONFIGURATION").contains("INTERNAL_API_KEY");
      services.with("INTERNAL_API_KEY", Services.KEY);
      CliRun.Result busy = services.bare("serve", "--listen", "127.0.0.1:" + taken.getLocalPort());
      assertThat(busy.code()).as(busy.err()).isEqualTo(Exit.FAILURE);
      assertThat(busy.err()).contains("UNAVAILABLE").contains("cannot listen").contains("--listen");
      for (String address : List.of("nonsense", "127.0.0.1:99999")) {
        CliRun.Result wrong = services.bare("serve", "--listen", address);
        assertThat(wrong.code()).isEqualTo(Exit.USAGE);
        assertThat(wrong.err()).contains("HOST:PORT");
      }
      String inside = directory.resolve("nas/workspace/audit").toString();
      CliRun.Result store = services.with("AUDIT_STORE", inside).bare("serve");
      assertThat(store.code()).isEqualTo(Exit.USAGE);
      assertThat(store.err()).contains("audit store lies within the disk");
    }
  }

  @Test
  void it_refuses_a_disk_that_is_not_there_and_the_wrong_roles() {
    CliRun services =
        CliRun.of(directory.resolve("none.json"))
            .with("SERVER_ROLE", "services")
            .with("INTERNAL_API_KEY", Services.KEY)
            .with("NAS_WORKSPACE_PATH", directory.resolve("missing").toString());
    CliRun.Result missing = services.bare("serve", "--listen", "127.0.0.1:0");
    assertThat(missing.code()).isEqualTo(Exit.FAILURE);
    assertThat(missing.err()).contains("No disk answers");
    assertThat(missing.out()).contains("disk workspace: ");
    assertThat(directory.resolve("missing")).doesNotExist();
    for (String role : List.of("worker", "web")) {
      CliRun.Result refused =
          services
              .with("SERVER_ROLE", role)
              .with("SERVICES_URL", "http://127.0.0.1:1")
              .bare("serve");
      assertThat(refused.code()).isEqualTo(Exit.USAGE);
      assertThat(refused.err()).contains("serves nothing");
    }
  }
}
