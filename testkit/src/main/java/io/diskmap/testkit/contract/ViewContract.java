package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.CallContext;
import io.diskmap.CleanupOptions;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Views of a disk: scopes that cannot be left and read-only views that change nothing (P4, P1). */
public interface ViewContract {
  /** The methods of {@link Storage} that change nothing on the disk itself. */
  Set<String> READING =
      Set.of(
          "download",
          "downloadTo",
          "openChannel",
          "exists",
          "metadata",
          "list",
          "listPage",
          "uploads",
          "usage",
          "health",
          "info",
          "capabilities",
          "scoped",
          "asReadOnly",
          "with",
          "downloadTree",
          "copyTo",
          "presignDownload");

  @Test
  @Clause("P4")
  default void a_scope_shows_only_what_is_below_it(TestDisk disk) throws Exception {
    ListContract.saveAll(
        disk, List.of("a/b/f", "a/b/c/g", "a/bc/no", "a/b.txt", "a/no", "f", "z/f"));
    Storage scope = disk.storage().scoped("a/b");
    assertThat(TestDisk.names(scope, "", ListOptions.defaults())).containsExactly("c/g", "f");
    assertThat(TestDisk.names(scope, "c", ListOptions.defaults())).containsExactly("c/g");
    assertThat(scope.metadata("f").path().value()).isEqualTo("f");
    assertThat(new String(TestDisk.bytes(scope, "c/g"))).isEqualTo("a/b/c/g");
    assertThat(scope.usage("").files()).isEqualTo(2);
    assertThat(scope.info().prefix().value()).isEqualTo("a/b");
    for (String outside : List.of("no", "bc/no", "b.txt", "z/f", "a/no", "a/b/f")) {
      assertThat(scope.exists(outside)).as(outside).isFalse();
      assertThat(scope.delete(outside)).as(outside).isFalse();
    }
    for (String escape : List.of("../no", "..", "/f", "c/../../no", "./f", "")) {
      assertThat(Failures.kindOf(() -> scope.download(escape)))
          .as(escape)
          .isEqualTo(ErrorKind.PATH_INVALID);
      assertThat(Failures.kindOf(() -> scope.save(escape, Content.of("x"))))
          .as(escape)
          .isEqualTo(ErrorKind.PATH_INVALID);
    }
    assertThat(disk.names("")).hasSize(7);
  }

  @Test
  @Clause("P4")
  default void a_scope_changes_only_what_is_below_it(TestDisk disk) throws Exception {
    ListContract.saveAll(disk, List.of("a/b/f", "a/b/c/g", "a/bc/no", "a/no", "f"));
    Storage scope = disk.storage().scoped("a").scoped("b");
    FileMetadata saved = scope.save("new", Content.of("x"));
    assertThat(saved.path().value()).isEqualTo("new");
    scope.copy("f", "d/copy", SaveOptions.defaults());
    assertThat(scope.move("c/g", "moved", SaveOptions.defaults()).path().value())
        .isEqualTo("moved");
    scope.write("w", SaveOptions.defaults(), out -> out.write(1));
    assertThat(disk.names(""))
        .containsExactly(
            "a/b/d/copy", "a/b/f", "a/b/moved", "a/b/new", "a/b/w", "a/bc/no", "a/no", "f");
    assertThat(scope.deletePrefix("d").files()).isEqualTo(1);
    assertThat(Failures.kindOf(() -> scope.deletePrefix(""))).isEqualTo(ErrorKind.PATH_INVALID);
    scope.cleanup("", Duration.ofHours(1), false);
    assertThat(scope.deleteAll(DeleteOptions.defaults()).files()).isEqualTo(4);
    assertThat(disk.names("")).containsExactly("a/bc/no", "a/no", "f");
  }

  @Test
  @Clause({"P4", "L3"})
  default void pages_of_a_scope_go_on_by_its_own_names(TestDisk disk) throws Exception {
    ListContract.saveAll(disk, List.of("a/1", "a/2", "a/3", "a/4/5", "b/1"));
    Storage scope = disk.storage().scoped("a");
    ListPage first = scope.listPage("", ListOptions.defaults().withLimit(2));
    assertThat(first.entries()).extracting(e -> e.path().value()).containsExactly("1", "2");
    assertThat(first.next()).contains(StoragePath.of("2"));
    ListPage second =
        scope.listPage(
            "", ListOptions.defaults().withLimit(2).withStartAfter(first.next().orElseThrow()));
    assertThat(second.entries()).extracting(e -> e.path().value()).containsExactly("3", "4/5");
    assertThat(second.next()).isEmpty();
    ListPage level = scope.listPage("", ListOptions.defaults().withOneLevel().withLimit(10));
    assertThat(level.entries())
        .extracting(e -> e.path().value())
        .containsExactly("1", "2", "3", "4");
  }

  @Test
  @Clause({"P4", "S8"})
  default void an_upload_is_resumed_in_its_own_scope_only(TestDisk disk) throws Exception {
    Storage own = disk.storage().scoped("own");
    String id;
    try (Upload upload = own.beginUpload("f", SaveOptions.defaults())) {
      assertThat(upload.path().value()).isEqualTo("f");
      upload.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      id = upload.id();
      upload.detach();
    }
    assertThat(Failures.kindOf(() -> disk.storage().scoped("other").resumeUpload(id)))
        .isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(Failures.kindOf(() -> disk.storage().scoped("ow").resumeUpload(id)))
        .isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(Failures.kindOf(() -> own.asReadOnly().resumeUpload(id)))
        .isEqualTo(ErrorKind.READ_ONLY);
    try (Upload upload = own.resumeUpload(id)) {
      assertThat(upload.path().value()).isEqualTo("f");
      assertThat(upload.commit(2).path().value()).isEqualTo("f");
    }
    assertThat(disk.names("")).containsExactly("own/f");
  }

  @Test
  @Clause("P1")
  default void a_scope_counts_into_the_length_of_a_path(TestDisk disk) throws Exception {
    String long900 = ("d".repeat(99) + "/").repeat(9);
    Storage scope = disk.storage().scoped(long900.substring(0, long900.length() - 1));
    assertThat(Failures.kindOf(() -> scope.save("f".repeat(200), Content.of("x"))))
        .isEqualTo(ErrorKind.PATH_INVALID);
  }

  @Test
  @Clause("P4")
  default void a_read_only_view_refuses_every_change(TestDisk disk) throws Exception {
    disk.save("d/f", "x");
    Path local = disk.temp().resolve("tree");
    Files.createDirectories(local);
    Files.writeString(local.resolve("x"), "x");
    Storage view = disk.storage().asReadOnly();
    assertThat(view.info().readOnly()).isTrue();
    assertThat(disk.storage().info().readOnly()).isFalse();
    for (Storage refusing :
        List.of(view, view.scoped("d"), view.with(CallContext.ofUser("u")), view.asReadOnly())) {
      Set<String> refused = new TreeSet<>();
      for (Method method : Storage.class.getMethods()) {
        if (!READING.contains(method.getName())) {
          Object[] arguments = arguments(method, local);
          assertThat(Failures.kindOf(() -> invoke(method, refusing, arguments)))
              .as(method.toString())
              .isEqualTo(ErrorKind.READ_ONLY);
          refused.add(method.getName());
        }
      }
      assertThat(refused)
          .contains(
              "save",
              "write",
              "beginUpload",
              "resumeUpload",
              "delete",
              "deletePrefix",
              "deleteAll",
              "copy",
              "move",
              "saveTree",
              "cleanup");
      assertThat(
              Failures.kindOf(
                  () -> disk.storage().copyTo("d/f", refusing, "g", SaveOptions.defaults())))
          .isEqualTo(ErrorKind.READ_ONLY);
    }
    assertThat(disk.names("")).containsExactly("d/f");
    assertThat(TestDisk.bytes(view, "d/f")).containsExactly('x');
    view.downloadTo("d/f", disk.temp().resolve("read"));
    assertThat(
            view.downloadTree("", disk.temp().resolve("down"), DownloadOptions.defaults()).files())
        .isEqualTo(1);
  }

  private static Object[] arguments(Method method, Path local) {
    Class<?>[] types = method.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = argument(types[i], local, method);
    }
    return arguments;
  }

  private static Object argument(Class<?> type, Path local, Method method) {
    if (type == String.class) {
      return method.getName().equals("resumeUpload") ? "0".repeat(32) : "d/f";
    } else if (type == Content.class) {
      return Content.of("changed");
    } else if (type == SaveOptions.class) {
      return SaveOptions.defaults();
    } else if (type == DeleteOptions.class) {
      return DeleteOptions.defaults();
    } else if (type == CleanupOptions.class) {
      return CleanupOptions.olderThan(Duration.ZERO);
    } else if (type == Path.class) {
      return local;
    } else if (type == Duration.class) {
      return Duration.ZERO;
    } else if (type == boolean.class) {
      return false;
    } else if (type == io.diskmap.ContentWriter.class) {
      return (io.diskmap.ContentWriter) out -> out.write(1);
    }
    throw new AssertionError("Give this test an argument for " + type + " of " + method);
  }

  private static void invoke(Method method, Storage storage, Object[] arguments) throws Exception {
    try {
      method.invoke(storage, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    }
  }

  @Test
  @Clause("P4")
  default void a_read_only_disk_refuses_changes_and_is_never_written(TestDisk disk)
      throws Exception {
    try (StorageManager manager = disk.open("\"read_only\":true")) {
      Storage storage = manager.disk(TestDisk.NAME);
      assertThat(storage.info().readOnly()).isTrue();
      assertThat(Failures.kindOf(() -> storage.save("f", Content.of("x"))))
          .isEqualTo(ErrorKind.READ_ONLY);
      assertThat(Failures.kindOf(() -> storage.deleteAll(DeleteOptions.defaults())))
          .isEqualTo(ErrorKind.READ_ONLY);
      storage.capabilities();
      assertThat(storage.health().healthy()).isTrue();
      assertThat(TestDisk.names(storage, "", ListOptions.defaults())).isEmpty();
    }
  }

  @Test
  @Clause("E2")
  default void a_disk_says_what_it_is_and_that_it_is_well(TestDisk disk) throws Exception {
    assertThat(disk.storage().health().healthy()).isTrue();
    assertThat(disk.manager().health(Duration.ofSeconds(20)).get(TestDisk.NAME).healthy()).isTrue();
    assertThat(disk.storage().info().disk()).isEqualTo(TestDisk.NAME);
    assertThat(disk.storage().info().driver()).isEqualTo(disk.harness().driver());
    assertThat(disk.storage().info().prefix().isRoot()).isTrue();
    assertThat(disk.manager().disk(TestDisk.NAME)).isSameAs(disk.storage());
    assertThat(disk.capabilities()).isEqualTo(disk.capabilities());
  }

  @Test
  @Clause("E4")
  default void a_view_for_somebody_sees_the_same_files(TestDisk disk) throws Exception {
    Storage view =
        disk.storage()
            .with(CallContext.ofUser("user-7").withCohort("c1").withRequestId("request-0001"));
    view.save("f", Content.of("x"));
    assertThat(disk.text("f")).isEqualTo("x");
    assertThat(TestDisk.bytes(view, "f")).containsExactly('x');
    assertThat(view.delete("f")).isTrue();
  }
}
