package io.diskmap.local;

import io.diskmap.spi.record.Packing;
import io.diskmap.spi.record.RequestText;
import io.diskmap.spi.record.Sidecar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * The hidden files that keep content types, attributes and checksums: {@code
 * attrs/<xx>/<identity>}.
 *
 * <p>Thread-safe. The identity is inode, size and time of modification of the very file, so the old
 * file's and the new one's stand side by side while one replaces the other, a rename takes it along
 * by itself, and a file that another program has changed or put in the place has none. The names
 * tell nothing of the paths.
 */
final class Sidecars {
  private static final String DIRECTORY = "attrs";
  private static final int LARGEST = 64 * 1024;

  private final StateDir state;
  private volatile boolean present;

  Sidecars(StateDir state) {
    this.state = state;
  }

  /** What is kept of a file. */
  Sidecar of(Attrs file) throws IOException {
    if (!mayHaveAny()) {
      return Sidecar.NONE;
    }
    Path name = name(file);
    return state
        .in(directory(file), dir -> read(dir, name))
        .flatMap(found -> found)
        .orElse(Sidecar.NONE);
  }

  /** Whether there was ever one, which saves most disks the look for each file. */
  boolean mayHaveAny() throws IOException {
    if (!present) {
      present = state.in(DIRECTORY, dir -> true).isPresent();
    }
    return present;
  }

  private static Optional<Sidecar> read(Dir dir, Path name) throws IOException {
    try (FileChannel file = dir.openFile(name, Set.of(StandardOpenOption.READ))) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(LARGEST, file.size()));
      while (bytes.hasRemaining() && file.read(bytes) >= 0) {
        continue;
      }
      return Packing.unpack(
          bytes.array(),
          0,
          in ->
              new Sidecar(
                  RequestText.readText(in),
                  RequestText.readChecksums(in),
                  RequestText.readAttributes(in)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** Keeps something of a file, durably; replaces what was kept of it. */
  void write(Attrs file, Sidecar kept, boolean durable) throws IOException {
    byte[] block =
        Packing.pack(
            out -> {
              RequestText.write(out, kept.contentType());
              RequestText.write(out, kept.checksums());
              RequestText.write(out, kept.attributes());
            });
    Path name = name(file);
    present = true;
    state.making(
        directory(file),
        durable,
        dir -> {
          Path fresh = Path.of(name + "." + StagedNames.randomId());
          try (FileChannel made = state.files().createFile(dir, fresh, state.files().fileMode())) {
            ByteBuffer bytes = ByteBuffer.wrap(block);
            while (bytes.hasRemaining()) {
              made.write(bytes);
            }
            if (durable) {
              made.force(false);
            }
            dir.rename(fresh, dir, name);
          } catch (IOException | RuntimeException e) {
            Quietly.run(() -> deleteIfThere(dir, fresh));
            throw e;
          }
          if (durable) {
            dir.sync();
          }
          return true;
        });
  }

  /** Removes what is kept of a file that is gone. */
  void remove(Attrs file) throws IOException {
    if (mayHaveAny()) {
      Path name = name(file);
      state.in(directory(file), dir -> deleteIfThere(dir, name));
    }
  }

  private static boolean deleteIfThere(Dir dir, Path name) throws IOException {
    try {
      dir.deleteFile(name);
      return true;
    } catch (NoSuchFileException none) {
      return false;
    }
  }

  private static String directory(Attrs file) {
    return DIRECTORY + "/" + HexFormat.of().toHexDigits((byte) file.inode());
  }

  private static Path name(Attrs file) {
    return Path.of(
        Long.toHexString(file.inode())
            + '-'
            + Long.toHexString(file.size())
            + '-'
            + Long.toHexString(file.modified().getEpochSecond())
            + '.'
            + Integer.toHexString(file.modified().getNano()));
  }
}
