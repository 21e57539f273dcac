package io.diskmap.examples.sharednfs;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the instances tell each other: small files in the order of their names, each written once.
 *
 * <p>Thread-safe but for {@link #news}, which one thread calls. A note whose clock is behind by
 * more than {@link #LOOK_BACK_MILLIS} is seen late or never: keep the machines' clocks together.
 */
final class Notes {
  static final long LOOK_BACK_MILLIS = 60_000;
  private static final String DIRECTORY = "notes";

  private final Storage storage;
  private final String author;
  private final Clock clock;
  private final java.util.Set<String> seen = new java.util.HashSet<>();

  Notes(Storage storage, String author, Clock clock) {
    this.storage = storage;
    this.author = author;
    this.clock = clock;
  }

  /** Leaves a note for the others. */
  void leave(String text) throws IOException {
    String name = "%016x-%s-%s".formatted(clock.millis(), author, UUID.randomUUID());
    storage.save(
        DIRECTORY + "/" + StoragePath.segment(name), Content.of(text), SaveOptions.ifAbsent());
  }

  /** The notes of others that were not seen before, in order. */
  List<Note> news() throws IOException {
    String from = "%s/%016x".formatted(DIRECTORY, clock.millis() - LOOK_BACK_MILLIS);
    List<Note> found = new ArrayList<>();
    try (Listing listing =
        storage.list(DIRECTORY, ListOptions.defaults().withStartAfter(StoragePath.of(from)))) {
      for (FileMetadata file : listing) {
        String path = file.path().value();
        if (seen.add(path)) {
          found.add(read(path));
        }
      }
    }
    found.removeIf(note -> note.author().equals(author));
    return found;
  }

  private Note read(String path) throws IOException {
    String name = path.substring(DIRECTORY.length() + 1);
    String by = name.substring(17, name.length() - 37);
    try (Download in = storage.download(path)) {
      return new Note(path, by, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
