package io.diskmap.testkit.defect;

import io.diskmap.DeleteReport;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.WriteRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Defects of names. Stateless. */
final class NamingDefects {
  private NamingDefects() {}

  /** Stores each path under a changed name. */
  private static final class Renaming extends Passing {
    private final UnaryOperator<String> change;

    Renaming(StorageDriver inner, UnaryOperator<String> change) {
      super(inner);
      this.change = change;
    }

    private StoragePath changed(StoragePath path) {
      try {
        return StoragePath.prefix(change.apply(path.value()));
      } catch (StorageException | IllegalArgumentException e) {
        return path;
      }
    }

    @Override
    public FileMetadata stat(StoragePath path, Call call) throws StorageException {
      return super.stat(changed(path), call);
    }

    @Override
    public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
      return super.openRead(changed(path), request);
    }

    @Override
    public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
      return super.openWrite(changed(path), request);
    }

    @Override
    public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
      return super.list(changed(prefix), request);
    }

    @Override
    public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
      return super.delete(changed(path), request);
    }

    @Override
    public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
        throws StorageException {
      return super.deletePrefix(changed(prefix), dryRun, call);
    }
  }

  static StorageDriver percentDecoded(StorageDriver sound) {
    return new Renaming(
        sound, path -> URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
  }

  static StorageDriver caseFolded(StorageDriver sound) {
    return new Renaming(sound, path -> path.toLowerCase(Locale.ROOT));
  }

  static StorageDriver trimmed(StorageDriver sound) {
    return new Renaming(sound, path -> path.replaceAll("[. ]+(/|$)", "$1"));
  }

  static StorageDriver normalised(StorageDriver sound) {
    return new Renaming(sound, path -> Normalizer.normalize(path, Normalizer.Form.NFC));
  }
}
