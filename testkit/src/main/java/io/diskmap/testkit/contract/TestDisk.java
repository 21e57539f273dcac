package io.diskmap.testkit.contract;

import io.diskmap.Capabilities;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.VersionTag;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fresh, empty disk of one test, with shorthands for what tests do most.
 *
 * <p>Thread-safe but for {@link #open} and {@link #temp}, which the test's own thread calls.
 */
public final class TestDisk {
  /** The disk's name in the disk map. */
  public static final String NAME = "disk";

  private final DriverHarness harness;
  private final DiskPlace place;
  private final StorageManager manager;
  private final Storage storage;
  private final Storage writable;
  private final List<StorageManager> managers = new ArrayList<>();
  private @Nullable Path temp;
  private @Nullable Integer chunkSize;

  TestDisk(DriverHarness harness) throws Exception {
    this.harness = harness;
    this.place = harness.newPlace();
    this.manager = open();
    this.storage = manager.disk(NAME);
    this.writable =
        place.writableJson().isEmpty()
            ? storage
            : opened(withOptions(place.writableJson().get().strip())).disk(NAME);
  }

  /**
   * How an upload makes a new file: on the condition that it is new, and without it on a store that
   * is declared not to hold that.
   */
  public SaveOptions newFile() throws StorageException {
    boolean declared =
        harness.deviations().stream().anyMatch(d -> d.clause().equals("S3:if-absent"));
    return declared || capabilities().createCondition() == Capabilities.Atomicity.NONE
        ? SaveOptions.defaults()
        : SaveOptions.ifAbsent();
  }

  /** The harness of the test class. */
  public DriverHarness harness() {
    return harness;
  }

  /** Where the files are. */
  public DiskPlace place() {
    return place;
  }

  /** The manager of {@link #storage}. */
  public StorageManager manager() {
    return manager;
  }

  /** How many of these rounds the variant runs. */
  public int share(int rounds) {
    return (int) Math.max(1, Math.round(rounds * harness.share()));
  }

  /** The disk under test. */
  public Storage storage() {
    return storage;
  }

  /** The disk that fills the one under test: another one where that can only be read. */
  public Storage writable() {
    return writable;
  }

  /**
   * Another manager on the same place, closed after the test. Options are JSON members, such as
   * {@code "read_only":true}. A disk in memory is another disk for each manager.
   */
  public StorageManager open(String... options) {
    return opened(diskMap(options));
  }

  private StorageManager opened(String map) {
    StorageManager opened = StorageManager.open(DiskMap.parse(map));
    managers.add(opened);
    return opened;
  }

  /** The disk map as text, with further options for the disk. */
  public String diskMap(String... options) {
    return withOptions(place.json().strip(), options);
  }

  private static String withOptions(String json, String... options) {
    StringBuilder disk = new StringBuilder(json.substring(0, json.length() - 1));
    for (String option : options) {
      disk.append(',').append(option);
    }
    return "{\"disks\":{\"" + NAME + "\":" + disk + "}}}";
  }

  /** A directory of this machine for the test, removed after it. */
  public Path temp() throws IOException {
    Path existing = temp;
    if (existing == null) {
      existing = Files.createTempDirectory("diskmap-contract-");
      temp = existing;
    }
    return existing;
  }

  /** What the disk can do. */
  public Capabilities capabilities() throws StorageException {
    return storage.capabilities();
  }

  /** How long the chunks of an upload are. */
  public int chunkSize() throws StorageException {
    Integer known = chunkSize;
    if (known == null) {
      try (Upload upload = writable.beginUpload("chunk-size", SaveOptions.defaults())) {
        known = upload.chunkSize();
      }
      chunkSize = known;
    }
    return known;
  }

  /** IF_ABSENT where the disk can decide that, for saves that need no condition; else none. */
  public SaveOptions newOnly() throws StorageException {
    return capabilities().createCondition() == Capabilities.Atomicity.NONE
        ? SaveOptions.defaults()
        : SaveOptions.ifAbsent();
  }

  /** Saves bytes. */
  public FileMetadata save(String path, byte[] bytes) throws StorageException {
    return writable.save(path, Content.of(bytes));
  }

  /** Saves a text. */
  public FileMetadata save(String path, String text) throws StorageException {
    return writable.save(path, Content.of(text));
  }

  /** Downloads a file. */
  public byte[] bytes(String path) throws IOException {
    return bytes(storage, path);
  }

  /** Downloads a file through another storage. */
  public static byte[] bytes(Storage from, String path) throws IOException {
    try (Download in = from.download(path)) {
      return in.readAllBytes();
    }
  }

  /** Downloads a file as text. */
  public String text(String path) throws IOException {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** Requires that a file has this content. */
  public void requireContent(String path, SeededContent content) throws IOException {
    try (Download in = storage.download(path)) {
      content.assertEquals(in);
    }
  }

  /** The paths of all files below a prefix. */
  public List<String> names(String prefix) throws StorageException {
    return names(prefix, ListOptions.defaults());
  }

  /** The paths of the entries below a prefix. */
  public List<String> names(String prefix, ListOptions options) throws StorageException {
    return names(storage, prefix, options);
  }

  /** The paths of all files below a prefix of another storage. */
  public static List<String> names(Storage from, String prefix) throws StorageException {
    return names(from, prefix, ListOptions.defaults());
  }

  /** The paths of the entries below a prefix of another storage. */
  public static List<String> names(Storage from, String prefix, ListOptions options)
      throws StorageException {
    List<String> names = new ArrayList<>();
    try (Listing listing = from.list(prefix, options)) {
      for (FileMetadata entry : listing) {
        names.add(entry.path().value());
      }
    }
    return names;
  }

  /** The metadata once its version tag is strong; at once where tags stay weak. */
  public FileMetadata settled(String path) throws Exception {
    if (capabilities().strongTags()) {
      Eventually.holds(
          "the version tag is strong", () -> storage.metadata(path).versionTag().strong());
    }
    return storage.metadata(path);
  }

  /** The strong version tag of a file. */
  public VersionTag tag(String path) throws Exception {
    return settled(path).versionTag();
  }

  /** The store's time, as the modification time of a file that is saved now. */
  public Instant storeTime() throws StorageException {
    Instant now = save("store-time", "x").modified();
    writable.delete("store-time");
    return now;
  }

  /** Waits until the store stamps new files later than this. */
  public void awaitStoreTimeAfter(Instant time) throws Exception {
    Eventually.holds("the store's clock goes on", () -> storeTime().isAfter(time));
  }

  /** One chunk of a content, for {@link Upload#write}. */
  public static ByteBuffer chunk(byte[] content, int chunkSize, int index) {
    int start = index * chunkSize;
    return ByteBuffer.wrap(content, start, Math.min(chunkSize, content.length - start));
  }

  /** What unfinished saves have left behind. */
  List<String> staged() throws Exception {
    return place.staged(storage);
  }

  /** The directory behind the disk, which the contract of the caller requires. */
  public Path directory() {
    return required(place.directory(), "a directory that holds its files");
  }

  private static <T> T required(Optional<T> part, String what) {
    return part.orElseThrow(
        () -> new AssertionError("This contract is for disks with " + what + "."));
  }

  /** Whether a server stands between, which can end a request after its client is dead. */
  boolean isServed() {
    return place.proxy().isPresent() || place.server().isPresent();
  }

  /** The line to the server, which the contract of the caller requires. */
  public FaultProxy proxy() {
    return required(place.proxy(), "a fault proxy before their server");
  }

  /** The hold on the server, which the contract of the caller requires. */
  public ServerControl server() {
    return required(place.server(), "a server that can be restarted");
  }

  void closeManagers() {
    for (StorageManager opened : managers) {
      opened.close();
    }
  }

  void removeFiles() throws Exception {
    place.close();
    Path directory = temp;
    if (directory != null) {
      removeTree(directory);
    }
  }

  /**
   * Removes a local directory and all below it, also where a server that ends is still at work in
   * it.
   */
  public static void removeTree(Path directory) throws IOException {
    try {
      Eventually.holds("nothing comes any more in " + directory, () -> isRemoved(directory));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a directory was removed");
    }
  }

  private static boolean isRemoved(Path directory) throws IOException {
    if (Files.exists(directory)) {
      removeTreeOnce(directory);
    }
    return true;
  }

  /** The same in one go, which fails where somebody else makes or removes something meanwhile. */
  static void removeTreeOnce(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Empties the disk. */
  public void clear() throws StorageException {
    writable.deleteAll(DeleteOptions.defaults());
  }
}
