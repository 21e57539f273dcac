package io.diskmap.testkit.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small file system of its own that tests can fill to the last byte. For any thread; unmounted by
 * {@link #close()}, at the latest when this JVM exits.
 *
 * <p>Mounting takes root on Linux. {@link #obstacle()} says whether it is possible here; where it
 * is not, the factory methods fail with the same sentence.
 */
public final class FullDisk implements AutoCloseable {
  private static final Tool MOUNT = Tool.ofPackage("mount", "mount");
  private static final Tool UMOUNT = Tool.ofPackage("umount", "mount");
  private static final Tool MKFS = Tool.ofPackage("mkfs.ext4", "e2fsprogs");
  private static final Tool ID = Tool.ofPackage("id", "coreutils");
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration LETTING_GO = Duration.ofSeconds(5);
  private static final String FILLER = ".filler";
  private static final Set<FullDisk> MOUNTED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> MOUNTED.forEach(FullDisk::detach), "testkit-unmount"));
  }

  private final Path base;
  private final Path mountPoint;

  private FullDisk(Path base) throws IOException {
    this.base = base;
    this.mountPoint = Files.createDirectory(base.resolve("disk"));
  }

  /** Why this machine cannot mount a disk; empty if it can. */
  public static Optional<String> obstacle() throws IOException, InterruptedException {
    if (MOUNT.find().isEmpty() || ID.find().isEmpty()) {
      return Optional.of(
          "a full disk needs Linux with mount; install it with: " + MOUNT.installHint());
    }
    if (!ID.run(TIMEOUT, "-u").out().strip().equals("0")) {
      return Optional.of("a full disk needs root to mount a small file system; run this as root");
    }
    return Optional.empty();
  }

  /**
   * An ext4 file system in an image file of this size, of which its own structures take about a
   * fifth; extended attributes work.
   */
  public static FullDisk ext4(int mebibytes) throws IOException, InterruptedException {
    return image(mebibytes, new String[0]);
  }

  /** An ext4 file system with room for bytes and for few files: about this many. */
  public static FullDisk ext4WithInodes(int mebibytes, int inodes)
      throws IOException, InterruptedException {
    return image(mebibytes, new String[] {"-N", Integer.toString(inodes)});
  }

  /** A file system in memory of this size. */
  public static FullDisk tmpfs(int mebibytes) throws IOException, InterruptedException {
    FullDisk disk = create();
    return disk.mount("-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs");
  }

  /** Where the file system is mounted: an empty directory, but for ext4's lost+found. */
  public Path path() {
    return mountPoint;
  }

  /** Fills the disk to its last byte. */
  public void fill() throws IOException {
    fillUpTo(0);
  }

  /** Fills the disk until about this many bytes are left, to the block. */
  public void fillUpTo(long bytesLeft) throws IOException {
    byte[] block = new byte[64 * 1024];
    Path filler = mountPoint.resolve(FILLER);
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      int size = block.length;
      while (size > 0) {
        long room = Files.getFileStore(mountPoint).getUsableSpace() - bytesLeft;
        if (bytesLeft > 0 && room < size) {
          size = (int) Math.max(0, room);
        }
        if (!append(out, block, size)) {
          size = bytesLeft > 0 ? 0 : size / 2;
        }
      }
    }
  }

  /** Gives the room back that {@link #fill()} took. */
  public void freeUp() throws IOException {
    Files.deleteIfExists(mountPoint.resolve(FILLER));
  }

  /** The bytes that can still be written. */
  public long usableSpace() throws IOException {
    return Files.getFileStore(mountPoint).getUsableSpace();
  }

  /** Makes the file system refuse every change (EROFS); no file may be open for writing. */
  public void readOnly() throws IOException, InterruptedException {
    MOUNT.run(TIMEOUT, "-o", "remount,ro", mountPoint.toString()).orFail();
  }

  /** Takes changes again. */
  public void writable() throws IOException, InterruptedException {
    MOUNT.run(TIMEOUT, "-o", "remount,rw", mountPoint.toString()).orFail();
  }

  /**
   * Unmounts and deletes the file system.
   *
   * @throws IllegalStateException if files on it are still open; it is detached all the same
   */
  @Override
  public void close() throws IOException {
    if (!MOUNTED.remove(this)) {
      return;
    }
    try {
      ToolRun unmount = unmount();
      if (!unmount.succeeded()) {
        detach();
      }
      Files.deleteIfExists(mountPoint);
      Files.deleteIfExists(base.resolve("image"));
      Files.deleteIfExists(base);
      unmount.orFail();
    } catch (InterruptedException e) {
      detach();
      Thread.currentThread().interrupt();
    }
  }

  /** A server may take a moment to let go of the last file. */
  private ToolRun unmount() throws IOException, InterruptedException {
    Deadline deadline = Deadline.in(LETTING_GO);
    ToolRun run = UMOUNT.run(TIMEOUT, mountPoint.toString());
    while (!run.succeeded() && !deadline.passed()) {
      Deadline.pause();
      run = UMOUNT.run(TIMEOUT, mountPoint.toString());
    }
    return run;
  }

  @Override
  public String toString() {
    return "small disk at " + mountPoint;
  }

  private static FullDisk image(int mebibytes, String[] options)
      throws IOException, InterruptedException {
    FullDisk disk = create();
    Path image = disk.base.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(mebibytes * 1024L * 1024);
    }
    String[] arguments = new String[options.length + 5];
    System.arraycopy(options, 0, arguments, 0, options.length);
    String[] rest = {"-q", "-F", "-m", "0", image.toString()};
    System.arraycopy(rest, 0, arguments, options.length, rest.length);
    MKFS.run(TIMEOUT, arguments).orFail();
    return disk.mount("-o", "loop", image.toString());
  }

  private static FullDisk create() throws IOException, InterruptedException {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new IllegalStateException(obstacle.get());
    }
    return new FullDisk(Files.createTempDirectory("full-disk-"));
  }

  private FullDisk mount(String... arguments) throws IOException, InterruptedException {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = mountPoint.toString();
    MOUNT.run(TIMEOUT, all).orFail();
    MOUNTED.add(this);
    return this;
  }

  private void detach() {
    try {
      new ProcessBuilder(UMOUNT.path().toString(), "-l", mountPoint.toString()).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot detach " + this, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean append(OutputStream out, byte[] block, int size) {
    try {
      out.write(block, 0, size);
      return size > 0;
    } catch (IOException full) {
      return false;
    }
  }
}
