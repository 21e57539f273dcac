package io.diskmap;

import io.diskmap.spi.AuditStore;
import io.diskmap.spi.AuditStoreFactory;
import io.diskmap.spi.AuditStoreRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;

/**
 * Where the audit records of a process are kept: what the disk map and the environment say, else
 * beside a local workspace in role services. Immutable; any thread may use it.
 *
 * @param store a directory or a JDBC URL; empty where none is kept
 * @param byDefault whether nobody asked for that place
 * @param opens whether the store is opened
 * @param section what the disk map says beside the place
 */
record AuditPlace(Optional<Secret> store, boolean byDefault, boolean opens, AuditSection section) {
  /** The directory of the default store, beside the workspace's root; never listed or reachable. */
  static final String DIRECTORY = ".diskmap-audit";

  private static final AuditSection DEFAULT =
      new AuditSection(
          Optional.empty(),
          Optional.empty(),
          AuditSection.OnFailure.REFUSE,
          Optional.empty(),
          false);

  /**
   * What was opened. Immutable; thread-safe.
   *
   * @param sink where records go
   * @param trail what was kept
   * @param store the place
   * @param requireUser whether a call that names no user is refused
   */
  record Opened(
      AuditSink sink, Optional<AuditTrail> trail, Optional<Secret> store, boolean requireUser) {}

  /**
   * Decides the place.
   *
   * @throws DiskMapException where it lies within a disk, or the role must not write there
   */
  static AuditPlace of(
      DiskMap map, ServerRole role, List<DiskSpec> disks, String workspace, boolean opens) {
    AuditSection section = map.audit().orElse(DEFAULT);
    Optional<Secret> asked = section.store().or(section::jdbcUrl);
    if (asked.isPresent()) {
      String text = asked.get().reveal();
      if (text.equals(AuditSection.OFF)) {
        return new AuditPlace(Optional.empty(), false, opens, section);
      }
      if (!isUrl(text)) {
        refuseWithinDisk(text, disks);
      }
      return forRole(new AuditPlace(asked, false, opens, section), text, role);
    }
    Optional<Path> beside =
        role == ServerRole.SERVICES && factory().isPresent()
            ? besideWorkspace(disks, workspace)
            : Optional.empty();
    return new AuditPlace(
        beside.map(path -> Secret.of(path.toString())), beside.isPresent(), opens, section);
  }

  private static boolean isUrl(String text) {
    return text.regionMatches(true, 0, "jdbc:", 0, 5);
  }

  private static AuditPlace forRole(AuditPlace place, String text, ServerRole role) {
    if (role != ServerRole.WEB) {
      return place;
    }
    if (factory().map(found -> found.isEmbedded(text)).orElse(!isUrl(text))) {
      LoggerFactory.getLogger(AuditPlace.class)
          .info(
              "Role web writes no local file, so it does not keep the audit store of the disk map");
      return new AuditPlace(Optional.empty(), false, false, place.section());
    }
    if (place.section().onFailure() == AuditSection.OnFailure.SPOOL) {
      throw DiskMapException.of(
          "audit.on_failure is spool, which role web refuses: it writes no local file; use refuse");
    }
    return place;
  }

  private static void refuseWithinDisk(String store, List<DiskSpec> disks) {
    Path directory;
    try {
      directory = Path.of(store).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw DiskMapException.of("the audit store is neither a directory nor a JDBC URL");
    }
    for (DiskSpec disk : disks) {
      Optional<Path> root = root(disk);
      if (root.isPresent() && directory.startsWith(root.get())) {
        throw DiskMapException.of(
            "the audit store lies within the disk \"%s\"; choose a directory outside of every disk"
                .formatted(disk.name()));
      }
    }
  }

  private static Optional<Path> root(DiskSpec disk) {
    return disk.driver().equals("local") && disk.options().has("root")
        ? Optional.of(disk.options().path("root").toAbsolutePath().normalize())
        : Optional.empty();
  }

  private static Optional<Path> besideWorkspace(List<DiskSpec> disks, String workspace) {
    return disks.stream()
        .filter(disk -> disk.name().equals(workspace))
        .findFirst()
        .flatMap(AuditPlace::root)
        .map(Path::getParent)
        .map(parent -> parent.resolve(DIRECTORY));
  }

  private static boolean isBesideSomething(Path directory) {
    return Optional.ofNullable(directory.getParent()).map(Files::isDirectory).orElse(false);
  }

  private static Optional<AuditStoreFactory> factory() {
    ClassLoader own = AuditPlace.class.getClassLoader();
    return ServiceLoader.load(AuditStoreFactory.class, own)
        .findFirst()
        .or(() -> ServiceLoader.load(AuditStoreFactory.class).findFirst());
  }

  /**
   * Opens the store, and puts it before the sink that the process brings itself.
   *
   * @throws DiskMapException where it cannot be opened
   */
  Opened open(AuditSink own, ServerRole role, Clock clock) {
    boolean requires = section.requireUser();
    if (store.isEmpty() || !opens) {
      return new Opened(own, Optional.empty(), store, requires);
    }
    String text = store.get().reveal();
    if (byDefault && !isBesideSomething(Path.of(text))) {
      AuditSink refusing =
          new RefusingAuditSink(
              "The directory that holds the workspace is missing, and with it the place of the"
                  + " audit store; mend it and start again, or set AUDIT_STORE.");
      return new Opened(AuditSink.all(refusing, own), Optional.empty(), store, requires);
    }
    AuditStoreFactory factory =
        factory()
            .orElseThrow(
                () ->
                    DiskMapException.of(
                        "an audit store needs the module diskmap-catalog-jdbc; add it, or leave out"
                            + " AUDIT_STORE and the section audit"));
    try {
      AuditStore opened =
          factory.open(
              new AuditStoreRequest(
                  store.get(), section.onFailure(), section.spool(), role, clock));
      return new Opened(AuditSink.all(opened, own), Optional.of(opened.trail()), store, requires);
    } catch (IOException e) {
      throw DiskMapException.of(
          e.getMessage()
              + (byDefault
                  ? " It lies beside the workspace; set AUDIT_STORE to another place, or to off."
                  : ""));
    }
  }
}
