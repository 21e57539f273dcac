package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditSink;
import io.diskmap.CallContext;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import io.diskmap.Upload;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pipeline, which stands before every driver, tells the audit trail of each operation. */
class AuditedOperationsTest {
  /** What touches no file by itself. */
  private static final Set<String> WITHOUT_A_RECORD =
      Set.of("scoped", "asReadOnly", "with", "info", "capabilities", "health", "resumeUpload");

  @TempDir Path temp;
  private final List<AuditEvent> intents = Collections.synchronizedList(new ArrayList<>());
  private final List<AuditEvent> outcomes = Collections.synchronizedList(new ArrayList<>());
  private TestDisk disk;
  private Storage storage;

  /** One operation. */
  @FunctionalInterface
  private interface Act {
    void run() throws Exception;
  }

  @BeforeEach
  void open() throws Exception {
    AuditSink sink =
        new AuditSink() {
          @Override
          public void started(AuditEvent event) {
            intents.add(event);
          }

          @Override
          public void finished(AuditEvent event) {
            outcomes.add(event);
          }
        };
    disk = new TestDisk(sink, new StorageListener() {}, Duration.ZERO);
    storage = disk.storage.with(CallContext.ofUser("ann"));
  }

  @AfterEach
  void close() {
    disk.close();
  }

  private List<AuditAction> actionsOf(Act act) throws Exception {
    intents.clear();
    outcomes.clear();
    act.run();
    assertThat(intents)
        .extracting(AuditEvent::eventId)
        .containsExactlyInAnyOrderElementsOf(outcomes.stream().map(AuditEvent::eventId).toList());
    assertThat(outcomes)
        .allSatisfy(
            event -> {
              assertThat(event.outcome()).isEqualTo(Outcome.OK);
              assertThat(event.context().user()).contains("ann");
              assertThat(event.context().requestId()).isPresent();
              assertThat(event.streamComplete()).isPresent();
            });
    return outcomes.stream().map(AuditEvent::action).toList();
  }

  private void upload() throws Exception {
    try (Upload upload = storage.beginUpload("chunked", SaveOptions.defaults())) {
      upload.write(0, ByteBuffer.wrap(new byte[] {1}));
      upload.commit(1);
    }
  }

  private Path tree() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree/d")).getParent();
    Files.writeString(tree.resolve("1"), "1");
    Files.writeString(tree.resolve("d/2"), "2");
    return tree;
  }

  @Test
  void each_operation_of_a_user_leaves_its_records() throws Exception {
    Path tree = tree();
    storage.save("f", Content.of("content"));
    storage.save("t/f", Content.of("content"));
    Map<String, Act> acts = new TreeMap<>();
    Map<String, List<AuditAction>> expected = new TreeMap<>();
    List<AuditAction> saved = List.of(AuditAction.FILE_UPLOADED_VIA_STREAM);
    List<AuditAction> read = List.of(AuditAction.FILE_DOWNLOADED_VIA_STREAM);
    List<AuditAction> asked = List.of(AuditAction.METADATA_READ);
    List<AuditAction> listed = List.of(AuditAction.LISTING_READ);
    List<AuditAction> prefixGone = List.of(AuditAction.PREFIX_DELETED_VIA_API);
    acts.put("save", () -> storage.save("a", Content.of("x")));
    expected.put("save", saved);
    acts.put("write", () -> storage.write("b", SaveOptions.defaults(), out -> out.write(1)));
    expected.put("write", saved);
    acts.put("beginUpload", this::upload);
    expected.put("beginUpload", List.of(AuditAction.FILE_UPLOADED_CHUNKED));
    acts.put("uploads", () -> storage.uploads(Duration.ZERO));
    expected.put("uploads", listed);
    acts.put("download", () -> storage.download("f").close());
    expected.put("download", read);
    acts.put("downloadTo", () -> storage.downloadTo("f", temp.resolve("f")));
    expected.put("downloadTo", read);
    acts.put("openChannel", () -> storage.openChannel("f").close());
    expected.put("openChannel", read);
    acts.put("exists", () -> storage.exists("f"));
    expected.put("exists", asked);
    acts.put("metadata", () -> storage.metadata("f"));
    expected.put("metadata", asked);
    acts.put(
        "list",
        () -> {
          try (Listing listing = storage.list("")) {
            listing.forEach(entry -> {});
          }
        });
    expected.put("list", listed);
    acts.put("listPage", () -> storage.listPage("", ListOptions.defaults()));
    expected.put("listPage", listed);
    acts.put("usage", () -> storage.usage(""));
    expected.put("usage", listed);
    acts.put("delete", () -> storage.delete("a"));
    expected.put("delete", List.of(AuditAction.FILE_DELETED_VIA_API));
    acts.put("deletePrefix", () -> storage.deletePrefix("nothing"));
    expected.put("deletePrefix", prefixGone);
    acts.put("deleteAll", () -> storage.scoped("no").deleteAll(DeleteOptions.defaults()));
    expected.put("deleteAll", prefixGone);
    acts.put("cleanup", () -> storage.cleanup("none", Duration.ofHours(4), false));
    expected.put("cleanup", List.of(AuditAction.WORKSPACE_CLEANUP));
    acts.put("copy", () -> storage.copy("f", "g", SaveOptions.defaults()));
    expected.put("copy", List.of(AuditAction.FILE_COPIED));
    acts.put("move", () -> storage.move("t/f", "h", SaveOptions.defaults()));
    expected.put("move", List.of(AuditAction.FILE_MOVED));
    acts.put("copyTo", () -> storage.copyTo("f", storage, "i", SaveOptions.defaults()));
    expected.put(
        "copyTo",
        List.of(
            AuditAction.METADATA_READ,
            AuditAction.FILE_DOWNLOADED_VIA_STREAM,
            AuditAction.FILE_UPLOADED_VIA_STREAM));
    acts.put("saveTree", () -> storage.saveTree(tree, "s", SaveOptions.defaults()));
    expected.put("saveTree", List.of(saved.get(0), saved.get(0)));
    acts.put(
        "downloadTree",
        () -> storage.downloadTree("s", temp.resolve("down"), DownloadOptions.defaults()));
    expected.put("downloadTree", List.of(read.get(0), read.get(0), listed.get(0)));

    for (String name : List.of("save", "saveTree")) {
      assertThat(actionsOf(acts.get(name))).as(name).isEqualTo(expected.get(name));
    }
    for (Map.Entry<String, Act> act : acts.entrySet()) {
      assertThat(actionsOf(act.getValue()))
          .as(act.getKey())
          .containsExactlyInAnyOrderElementsOf(expected.get(act.getKey()));
    }
    Set<String> all = new TreeSet<>(WITHOUT_A_RECORD);
    all.addAll(acts.keySet());
    for (Method method : Storage.class.getMethods()) {
      if (!method.getName().startsWith("presign")) {
        assertThat(all).contains(method.getName());
      }
    }
  }

  @Test
  void an_upload_that_is_refused_or_given_up_leaves_one_record() throws Exception {
    assertThatThrownBy(() -> storage.beginUpload("../x", SaveOptions.defaults()))
        .isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.asReadOnly().beginUpload("r", SaveOptions.defaults()))
        .isInstanceOf(StorageException.class);
    storage.beginUpload("given/up", SaveOptions.defaults()).close();
    Upload wrong = storage.beginUpload("wrong", SaveOptions.defaults());
    wrong.write(0, ByteBuffer.wrap(new byte[] {1}));
    assertThatThrownBy(() -> wrong.commit(7)).isInstanceOf(StorageException.class);
    wrong.close();

    assertThat(outcomes)
        .allMatch(event -> event.action() == AuditAction.FILE_UPLOADED_CHUNKED)
        .extracting(
            AuditEvent::filePath, AuditEvent::outcome, event -> event.errorKind().orElseThrow())
        .containsExactly(
            tuple("../x", Outcome.DENIED, ErrorKind.PATH_INVALID),
            tuple("r", Outcome.DENIED, ErrorKind.READ_ONLY),
            tuple("given/up", Outcome.ABORTED, ErrorKind.CANCELLED),
            tuple("wrong", Outcome.FAILED, ErrorKind.LENGTH_MISMATCH));
    assertThat(intents).hasSize(4);
  }

  @Test
  void a_failure_of_the_driver_is_recorded_with_its_kind() {
    assertThatThrownBy(() -> storage.download("missing")).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> storage.copy("missing", "x", SaveOptions.defaults()))
        .isInstanceOf(StorageException.class);
    assertThat(outcomes)
        .extracting(AuditEvent::outcome, event -> event.errorKind().orElseThrow())
        .containsOnly(tuple(Outcome.FAILED, ErrorKind.NOT_FOUND))
        .hasSize(2);
  }
}
