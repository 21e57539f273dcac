package io.diskmap.testkit.defect;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageDriver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Defects of listings. Stateless. */
final class ListingDefects {
  private ListingDefects() {}

  /** Makes a defective listing out of the sound one's entries. */
  @FunctionalInterface
  private interface Spoiling {
    List<FileMetadata> spoil(
        StorageDriver sound, StoragePath prefix, ListRequest request, List<FileMetadata> entries)
        throws StorageException;
  }

  private static StorageDriver listings(StorageDriver sound, Spoiling spoiling) {
    return new Passing(sound) {
      @Override
      public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
        List<FileMetadata> entries = ListedEntries.of(inner.list(prefix, request));
        return new ListedEntries(spoiling.spoil(inner, prefix, request, entries));
      }
    };
  }

  private static List<FileMetadata> all(StorageDriver driver, ListRequest request)
      throws StorageException {
    return ListedEntries.of(
        driver.list(
            StoragePath.root(),
            new ListRequest(false, Optional.empty(), Long.MAX_VALUE, request.call())));
  }

  static StorageDriver cutAtAHundred(StorageDriver sound) {
    return listings(
        sound, (driver, prefix, request, entries) -> entries.stream().limit(100).toList());
  }

  static StorageDriver utf16Order(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) ->
            entries.stream().sorted(Comparator.comparing(e -> e.path().value())).toList());
  }

  static StorageDriver segmentOrder(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) ->
            entries.stream()
                .sorted(
                    (a, b) ->
                        Arrays.compare(
                            a.path().value().split("/"),
                            b.path().value().split("/"),
                            StoragePath::compareUtf8))
                .toList());
  }

  static StorageDriver startAfterInclusive(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) -> {
          List<FileMetadata> more = new ArrayList<>();
          if (request.startAfter().isPresent()) {
            StoragePath token = request.startAfter().get();
            if (Requests.tag(driver, token, request.call()).isPresent() && token.isBelow(prefix)) {
              more.add(driver.stat(token, request.call()));
            }
          }
          more.addAll(entries);
          return more;
        });
  }

  static StorageDriver tokenMustExist(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) -> {
          Optional<StoragePath> token = request.startAfter();
          return token.isPresent() && Requests.tag(driver, token.get(), request.call()).isEmpty()
              ? ListedEntries.of(driver.list(prefix, ListRequest.all(request.call())))
              : entries;
        });
  }

  static StorageDriver pagesByNumber(StorageDriver sound) {
    return new Passing(sound) {
      @Override
      public EntryCursor list(StoragePath prefix, ListRequest request) {
        return new NumberedPages(inner, prefix, request);
      }
    };
  }

  /** Lists anew for each ten entries and passes over as many as it has given. */
  private static final class NumberedPages implements EntryCursor {
    private final StorageDriver driver;
    private final StoragePath prefix;
    private final ListRequest request;
    private List<FileMetadata> page = List.of();
    private int given;
    private int inPage;
    private @Nullable FileMetadata entry;

    NumberedPages(StorageDriver driver, StoragePath prefix, ListRequest request) {
      this.driver = driver;
      this.prefix = prefix;
      this.request = request;
    }

    @Override
    public boolean next() throws StorageException {
      if (inPage == page.size()) {
        page =
            ListedEntries.of(driver.list(prefix, request)).stream().skip(given).limit(10).toList();
        inPage = 0;
      }
      if (page.isEmpty()) {
        return false;
      }
      entry = page.get(inPage++);
      given++;
      return true;
    }

    @Override
    public FileMetadata entry() {
      return Objects.requireNonNull(entry);
    }

    @Override
    public long skipped() {
      return 0;
    }

    @Override
    public void close() {}
  }

  static StorageDriver prefixOfTextListed(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) ->
            request.oneLevel() || request.startAfter().isPresent()
                ? entries
                : all(driver, request).stream()
                    .filter(e -> e.path().value().startsWith(prefix.value()))
                    .toList());
  }

  static StorageDriver unknownPrefixFails(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) -> {
          if (entries.isEmpty() && !prefix.isRoot()) {
            throw Requests.refused(ErrorKind.NOT_FOUND);
          }
          return entries;
        });
  }

  static StorageDriver stagedIsListed(StorageDriver sound) {
    return listings(
        sound,
        (driver, prefix, request, entries) -> {
          List<FileMetadata> more = new ArrayList<>(entries);
          for (PendingUpload upload : driver.uploads(Duration.ZERO, request.call())) {
            StoragePath name = StoragePath.of(upload.path().value() + ".part");
            if (name.isBelow(prefix)) {
              more.add(
                  FileMetadata.file(name, 0, upload.lastActivity(), VersionTag.strong("part")));
            }
          }
          more.sort(Comparator.comparing(FileMetadata::path));
          return more;
        });
  }
}
