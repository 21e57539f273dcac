package io.diskmap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The content of a save: where the bytes come from, how many, and whether they can be had again.
 *
 * <p>Immutable; content of a stream can be saved once. A save closes what it opened and never a
 * stream that the caller passed in.
 */
public final class Content {
  /** Opens the content afresh. */
  @FunctionalInterface
  public interface Source {
    /** A stream at the first byte; the save closes it. */
    InputStream open() throws IOException;
  }

  /** Opens the content as a channel. */
  @FunctionalInterface
  private interface Opening {
    ReadableByteChannel open() throws IOException;
  }

  private final Opening opening;
  private final OptionalLong length;
  private final boolean replayable;

  private Content(Opening opening, OptionalLong length, boolean replayable) {
    this.opening = opening;
    this.length = length;
    this.replayable = replayable;
  }

  /**
   * The content of a local file, as long as it is when the save begins.
   *
   * @throws StorageException LOCAL_IO where it is missing, unreadable or no regular file
   */
  public static Content of(Path file) throws StorageException {
    Objects.requireNonNull(file, "file");
    try {
      if (!Files.isRegularFile(file)) {
        throw StorageException.of(
            ErrorKind.LOCAL_IO,
            Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? "The local source is not a regular file."
                : "The local source file does not exist.");
      }
      return new Content(
          () -> FileChannel.open(file, StandardOpenOption.READ),
          OptionalLong.of(Files.size(file)),
          true);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.LOCAL_IO, "The local source file cannot be read.", e);
    }
  }

  /** These bytes; the array must not change until the save returns. */
  public static Content of(byte[] bytes) {
    return new Content(
        () -> new StreamChannel(new ByteArrayInputStream(bytes), true),
        OptionalLong.of(bytes.length),
        true);
  }

  /** The UTF-8 bytes of a text. */
  public static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The remaining bytes of a buffer, whose position stays; they must not change until the save
   * returns.
   */
  public static Content of(ByteBuffer bytes) {
    ByteBuffer view = bytes.asReadOnlyBuffer();
    return new Content(
        () -> new BufferChannel(view.duplicate()), OptionalLong.of(view.remaining()), true);
  }

  /** What a stream gives to its end, however long. */
  public static Content of(InputStream in) {
    return of(in, -1);
  }

  /** What a stream gives; another length than this one fails with LENGTH_MISMATCH; -1 for any. */
  public static Content of(InputStream in, long lengthOrMinusOne) {
    Objects.requireNonNull(in, "in");
    return new Content(() -> new StreamChannel(in, false), known(lengthOrMinusOne), false);
  }

  /** What a source gives each time it is opened; a failed save may open it again. */
  public static Content of(Source source, long lengthOrMinusOne) {
    Objects.requireNonNull(source, "source");
    return new Content(() -> new StreamChannel(source.open(), true), known(lengthOrMinusOne), true);
  }

  private static OptionalLong known(long lengthOrMinusOne) {
    if (lengthOrMinusOne < -1) {
      throw new IllegalArgumentException("a length is -1 for unknown, or not negative");
    }
    return lengthOrMinusOne < 0 ? OptionalLong.empty() : OptionalLong.of(lengthOrMinusOne);
  }

  /** How many bytes there are, where that is known. */
  public OptionalLong length() {
    return length;
  }

  /** Whether it can be opened again from the start. */
  public boolean isReplayable() {
    return replayable;
  }

  /** Opens it at the first byte; the caller closes the channel. One thread reads it. */
  public ReadableByteChannel open() throws IOException {
    return opening.open();
  }
}
