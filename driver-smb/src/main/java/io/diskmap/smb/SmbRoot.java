package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.SmbStatusException;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The directory that a disk is confined to, and what its share is like. Thread-safe. */
final class SmbRoot {
  private static final String STATE = ".diskmap";
  private static final int PROBES = 3;

  private final SmbSessions sessions;
  private final SmbOptions options;
  private final boolean readOnly;
  private volatile @Nullable Boolean caseSensitive;

  SmbRoot(SmbSessions sessions, SmbOptions options, boolean readOnly) {
    this.sessions = sessions;
    this.options = options;
    this.readOnly = readOnly;
  }

  /**
   * Refuses a root that cannot serve, in the moment the disk is opened; a server that does not
   * answer then is asked again by the first call.
   */
  void require(Call call) throws StorageException {
    try {
      int status = look(SmbNames.remote(options.root(), ""), call);
      if (isMissing(status) && options.createRoot() && !readOnly) {
        create(call);
      } else if (status != NtStatus.SUCCESS) {
        throw refusal(status);
      }
    } catch (StorageException e) {
      if (!e.kind().isTransient()) {
        throw e;
      }
    }
  }

  private static boolean isMissing(int status) {
    return status == NtStatus.OBJECT_NAME_NOT_FOUND || status == NtStatus.OBJECT_PATH_NOT_FOUND;
  }

  private int look(String directory, Call call) throws StorageException {
    Create open = Create.openDirectory(directory, Create.READ_ATTRIBUTES);
    return sessions.call(call, open, new Close(FileId.RELATED)).status(open);
  }

  private void create(Call call) throws StorageException {
    List<String> way = new ArrayList<>();
    for (String name : options.root()) {
      way.add(name);
      Create make = Create.newDirectory(SmbNames.remote(way, ""));
      int status = sessions.call(call, make, new Close(FileId.RELATED)).status(make);
      if (status != NtStatus.SUCCESS && status != NtStatus.OBJECT_NAME_COLLISION) {
        throw refusal(status);
      }
    }
    int status = look(SmbNames.remote(options.root(), ""), call);
    if (status != NtStatus.SUCCESS) {
      throw refusal(status);
    }
  }

  private static StorageException refusal(int status) {
    SmbStatusException e = new SmbStatusException("CREATE", status);
    if (isMissing(status)) {
      return StorageException.of(
          ErrorKind.NOT_FOUND,
          "The share has no such root; check the option root, or set create_root.",
          e);
    }
    if (status == NtStatus.NOT_A_DIRECTORY) {
      return StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "The root of the disk is no directory; check the options share and root.",
          e);
    }
    return SmbErrors.of(e);
  }

  /**
   * Whether the share tells upper from lower case: whether some name that is there answers to its
   * other case too. One that cannot be asked counts as a share that does not.
   */
  boolean isCaseSensitive(Call call) throws StorageException {
    Boolean known = caseSensitive;
    if (known == null) {
      known = probePatiently(call);
      caseSensitive = known;
    }
    return known;
  }

  private boolean probePatiently(Call call) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return probe(call);
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.UNAVAILABLE || attempt >= PROBES) {
          throw e;
        }
      }
    }
  }

  private boolean probe(Call call) throws StorageException {
    Optional<String> name = readOnly ? anyName(call) : Optional.of(STATE);
    if (name.isEmpty()) {
      return false;
    }
    String there = in(name.get());
    if (!readOnly) {
      Create make = Create.newDirectory(there);
      sessions.call(call, make, new Close(FileId.RELATED));
    }
    Create open = Create.open(in(otherCase(name.get())), Create.READ_ATTRIBUTES);
    QueryInfo<FileInfo> query = QueryInfo.all(FileId.RELATED);
    Answers answers = sessions.call(call, open, query, new Close(FileId.RELATED));
    return isMissing(answers.status(open));
  }

  private String in(String name) {
    String above = SmbNames.remote(options.root(), "");
    return above.isEmpty() ? name : above + '\\' + name;
  }

  private Optional<String> anyName(Call call) throws StorageException {
    String[] found = new String[1];
    DirectoryPages.visit(
        sessions,
        SmbNames.remote(options.root(), ""),
        entry -> {
          String name = entry.info().name();
          if (!otherCase(name).equals(name)) {
            found[0] = name;
          }
          return found[0] == null;
        },
        call);
    return Optional.ofNullable(found[0]);
  }

  private static String otherCase(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.equals(name) ? name.toLowerCase(Locale.ROOT) : upper;
  }
}
