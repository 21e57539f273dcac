package io.diskmap.internal.pipeline;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.DownloadReport.Verification;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.spi.RandomId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A local file that a download fills: a partial file beside it, verified, then renamed (clause R4).
 *
 * <p>For one thread. The partial file's name holds the version, so that a later call goes on with
 * it only for the same content, and a lock on it keeps two processes apart.
 */
final class LocalFile {
  private static final int BLOCK = 1024 * 1024;

  private final Path target;
  private final String source;
  private final Executor workers;

  /** The source names disk and path, so that two files never share a partial one. */
  LocalFile(Path target, String source, Executor workers) {
    this.target = target.toAbsolutePath();
    this.source = source;
    this.workers = workers;
  }

  /** Opens the source: at first whole, and at an offset of a pinned version where that goes on. */
  @FunctionalInterface
  interface Opener {
    Download open(long offset, Optional<FileMetadata> pinned) throws StorageException;
  }

  /**
   * What is known of the file, and how it is asked for.
   *
   * @param whole the file from its start, where that is open already
   */
  private record Source(Optional<Download> whole, FileMetadata wanted, Opener opener) {
    Download fromStart() throws StorageException {
      return whole.isPresent() ? whole.get() : opener.open(0, Optional.of(wanted));
    }
  }

  /**
   * Fills the target. Where a partial file is there, only the rest is asked for, if the version was
   * told; else the file is opened to learn the version, and the rest is asked for a second time.
   *
   * @param told what a look at the file told before, where its opening does not tell everything
   */
  DownloadReport fill(Optional<FileMetadata> told, DownloadOptions options, Opener opener)
      throws StorageException {
    requireReplaceable();
    try {
      Optional<FileMetadata> begun = told.filter(file -> file.versionTag().strong());
      if (begun.isPresent()) {
        Path shared = partial(begun.get().versionTag().value());
        if (isBegun(shared)) {
          return fill(shared, true, new Source(Optional.empty(), begun.get(), opener), options);
        }
      }
      return fillFromOpened(told, options, opener);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private DownloadReport fillFromOpened(
      Optional<FileMetadata> told, DownloadOptions options, Opener opener) throws IOException {
    try (Download whole = opener.open(0, Optional.empty())) {
      Path parent = target.getParent();
      if (parent != null && !Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(parent);
      }
      VersionTag version = whole.metadata().versionTag();
      FileMetadata wanted =
          told.filter(file -> file.versionTag().matches(version)).orElse(whole.metadata());
      boolean resumable = version.strong();
      Path shared = partial(resumable ? version.value() : RandomId.hex());
      return fill(shared, resumable, new Source(Optional.of(whole), wanted, opener), options);
    }
  }

  private static boolean isBegun(Path partial) throws IOException {
    try {
      return Files.readAttributes(partial, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .size()
          > 0;
    } catch (NoSuchFileException none) {
      return false;
    }
  }

  private DownloadReport fill(Path partial, boolean resumable, Source from, DownloadOptions options)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            LinkOption.NOFOLLOW_LINKS)) {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        Path own = partial(RandomId.hex());
        return fill(own, false, from, options);
      }
      boolean done = false;
      try {
        DownloadReport report = fillEarly(partial, channel, from, options);
        channel.force(true);
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        done = true;
        forceDirectory();
        return report;
      } catch (StorageException e) {
        resumable = resumable && keepsPartial(e);
        throw e;
      } finally {
        if (!done && !resumable) {
          Files.deleteIfExists(partial);
        }
      }
    }
  }

  /** Whether what is there is worth going on with after this failure. */
  private static boolean keepsPartial(StorageException failure) {
    return switch (failure.kind()) {
      case CHECKSUM_MISMATCH, CHANGED_DURING_READ, PRECONDITION_FAILED, NOT_FOUND -> false;
      default -> true;
    };
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private DownloadReport fillEarly(
      Path partial, FileChannel channel, Source from, DownloadOptions options) throws IOException {
    long coming = from.wanted().size() - channel.size();
    try (EarlyForce early = EarlyForce.of(partial, coming, workers)) {
      return fillLocked(channel, from, options);
    }
  }

  private DownloadReport fillLocked(FileChannel channel, Source from, DownloadOptions options)
      throws IOException {
    FileMetadata wanted = from.wanted();
    long start = channel.size();
    if (start > wanted.size()) {
      channel.truncate(0);
      start = 0;
    }
    Optional<Checksum> expected = expectedChecksum(wanted, options);
    ContentSums sums = expected.isPresent() ? sums(expected.get()) : null;
    if (start == 0) {
      try (Download whole = from.fromStart()) {
        fillFrom(whole, channel, sums);
      }
    } else {
      if (from.whole().isPresent()) {
        from.whole().get().close();
      }
      if (sums != null) {
        addExisting(channel, start, sums);
      }
      channel.position(start);
      try (Download rest = from.opener().open(start, Optional.of(wanted))) {
        if (!rest.metadata().versionTag().matches(wanted.versionTag())) {
          throw StorageException.of(
              ErrorKind.CHANGED_DURING_READ,
              "The file was replaced since its download began; download it again.");
        }
        fillFrom(rest, channel, sums);
      }
    }
    if (sums != null) {
      ContentSums.require(expected, sums.finish());
    }
    return new DownloadReport(
        wanted,
        channel.size(),
        start,
        expected.isPresent() ? Verification.CHECKSUM : Verification.LENGTH);
  }

  private void fillFrom(Download download, FileChannel channel, @Nullable ContentSums sums)
      throws IOException {
    copy(download, channel, sums);
    if (channel.size() != download.metadata().size()) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH, "The download is not as long as the file; try again.");
    }
  }

  private static Optional<Checksum> expectedChecksum(FileMetadata file, DownloadOptions options) {
    return options
        .expectedChecksum()
        .or(() -> file.checksum(ChecksumAlgorithm.SHA256))
        .or(() -> file.checksum(ChecksumAlgorithm.CRC32C));
  }

  private static ContentSums sums(Checksum expected) {
    return new ContentSums(expected.algorithm() == ChecksumAlgorithm.SHA256);
  }

  private static void addExisting(FileChannel channel, long length, ContentSums sums)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    for (long at = 0; at < length; ) {
      block.clear().limit((int) Math.min(BLOCK, length - at));
      int count = channel.read(block, at);
      if (count < 0) {
        throw new IOException("the partial file became shorter");
      }
      sums.add(block.flip());
      at += count;
    }
  }

  private void copy(Download download, FileChannel channel, @Nullable ContentSums sums)
      throws IOException {
    if (sums == null && download.region().isPresent()) {
      download.transferTo(channel);
      return;
    }
    try (WriteBehind behind = WriteBehind.of(channel, download.length(), workers)) {
      boolean more = true;
      while (more) {
        ByteBuffer block = behind.block();
        try {
          more = readInto(block, download);
        } finally { // what has arrived is not fetched again
          block.flip();
          if (sums != null) {
            sums.add(block);
          }
          behind.write(block);
        }
      }
      behind.finish();
    }
  }

  /** Fills the block; false at the end of the content. */
  private static boolean readInto(ByteBuffer block, Download download) throws IOException {
    while (block.hasRemaining()) {
      if (download.channel().read(block) < 0) {
        return false;
      }
    }
    return true;
  }

  private void requireReplaceable() throws StorageException {
    if (Files.isDirectory(target)) {
      throw StorageException.of(ErrorKind.LOCAL_IO, "The local target is a directory.");
    }
  }

  private Path partial(String version) {
    byte[] hash =
        ContentSums.newSha256().digest((source + "\n" + version).getBytes(StandardCharsets.UTF_8));
    return target.resolveSibling(".diskmap-part-" + HexFormat.of().formatHex(hash, 0, 16));
  }

  private void forceDirectory() throws IOException {
    Path parent = target.getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private static StorageException failed(IOException e) {
    return StorageException.of(
        ErrorKind.LOCAL_IO,
        "The local target cannot be written; check its directory, permissions and free space.",
        e);
  }
}
