package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.FileKind;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpWriter;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Patience;
import io.diskmap.nfs.v4.Pending;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session with the server, and the handle of the disk's root.
 *
 * <p>Thread-safe. The root's handle and the server's limits are learned with the first call and
 * learned again when the server calls the handle stale. Every other handle is found from the root
 * within the very compound that uses it, so none can lead to a directory that was moved away.
 */
final class NfsSessions implements AutoCloseable {
  /** Names of one compound at most; what remains is for the operations themselves. */
  private static final int MAX_LOOKUPS = 20;

  /** What is known of the root and of the server. */
  record Root(FileHandle handle, int maxRead, int maxWrite, int maxName, Duration granularity) {}

  /** Where a compound begins: a handle, and the names from there to the directory. */
  record Start(FileHandle handle, List<String> names) {
    OpWriter go(OpWriter out) {
      return out.putFh(handle).lookup(names);
    }
  }

  /** Makes a request for the root's handle of the moment. */
  @FunctionalInterface
  interface Rooted<T> {
    Request<T> from(Start start);
  }

  private final NfsOptions options;
  private final NfsClient client;
  private volatile @Nullable Root root;
  private volatile @Nullable ServerCopy serverCopy;

  NfsSessions(DriverContext context, NfsOptions options) {
    this.options = options;
    this.client = new NfsClient(options.config(), context.workers());
  }

  NfsClient client() {
    return client;
  }

  /** A READ's or WRITE's largest size. */
  int ioSize(int wanted, int serverMost) {
    return Math.max(1, Math.min(Math.min(wanted, serverMost), client.maxIo()));
  }

  /** The root, looked for where it is not known. */
  Root root(Call call) throws StorageException {
    Root known = root;
    if (known != null) {
      return known;
    }
    Root found = findOrCreate(call);
    root = found;
    return found;
  }

  private Root findOrCreate(Call call) throws StorageException {
    try {
      return find(client.patience(call));
    } catch (NfsStatusException e) {
      if (e.isAny(Status.NOENT) && options.createRoot()) {
        return createRoot(call);
      }
      throw e.isAny(Status.WRONGSEC) ? securityError(e, call) : rootError(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** The failure at an export that wants other security, with what it wants. */
  private StorageException securityError(NfsStatusException e, Call call) throws StorageException {
    List<String> names = new ArrayList<>(options.export());
    names.addAll(options.root());
    for (int depth = 1; depth <= names.size(); depth++) {
      try {
        List<String> wanted = securityOf(names.subList(0, depth), call);
        if (!wanted.contains("sys")) {
          return StorageException.of(
              ErrorKind.UNAUTHENTICATED,
              "The export asks for the security "
                  + String.join(" or ", wanted)
                  + "; this driver has sys only. Allow sec=sys in the export.",
              e);
        }
      } catch (IOException unknown) {
        call.check();
        e.addSuppressed(unknown);
        return NfsErrors.of(e);
      }
    }
    return NfsErrors.of(e);
  }

  private List<String> securityOf(List<String> names, Call call) throws IOException {
    List<String> parents = names.subList(0, names.size() - 1);
    String name = names.get(names.size() - 1);
    return client.call(
        Request.of(
            out -> out.putRootFh().lookup(parents).securityOf(name),
            in -> in.putRootFh().lookup(parents.size()).security()),
        client.patience(call));
  }

  /** How the server copies a file by itself; asked once, of directories, so nothing is changed. */
  ServerCopy serverCopy(Call call) throws StorageException {
    ServerCopy known = serverCopy;
    if (known == null) {
      try {
        known = ServerCopy.probe(client, root(call).handle(), client.patience(call));
        serverCopy = known;
      } catch (IOException e) {
        throw NfsErrors.of(e);
      }
    }
    return known;
  }

  private Root find(Patience patience) throws IOException {
    List<String> names = new ArrayList<>(options.export());
    names.addAll(options.root());
    Attributes[] attributes = new Attributes[1];
    FileHandle handle =
        client.call(
            Request.of(
                out -> out.putRootFh().lookup(names).getFh().getServerAttr(),
                in -> {
                  FileHandle found = in.putRootFh().lookup(names.size()).getFh();
                  attributes[0] = in.getAttr();
                  return found;
                }),
            patience);
    Attributes server = attributes[0];
    if (server.kind() != FileKind.DIRECTORY) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "The root of the disk is no directory; check the options export and root.");
    }
    server.leaseSeconds().ifPresent(seconds -> client.lease(Duration.ofSeconds(seconds)));
    return new Root(
        handle,
        atMost(server.maxRead().orElse(0), options.rsize()),
        atMost(server.maxWrite().orElse(0), options.wsize()),
        atMost(server.maxName().orElse(0), 255),
        server.timeDelta().orElse(Duration.ZERO));
  }

  private static int atMost(long told, int most) {
    return told <= 0 ? most : (int) Math.min(told, most);
  }

  /** Makes a request for two directories. */
  @FunctionalInterface
  interface TwiceRooted<T> {
    Request<T> from(Start one, Start other);
  }

  /** Executes a request that begins at a directory of the disk. */
  <T> T call(List<String> directory, Rooted<T> request, Call call) throws IOException {
    return call(directory, List.of(), (one, other) -> request.from(one), call);
  }

  /** Executes a request that begins at two directories of the disk. */
  <T> T call(List<String> directory, List<String> second, TwiceRooted<T> request, Call call)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Root used = root(call);
      try {
        Patience patience = client.patience(call);
        Start one = start(used, directory, patience);
        Start other =
            second.isEmpty() ? new Start(used.handle(), second) : start(used, second, patience);
        return client.call(request.from(one, other), patience);
      } catch (NfsStatusException e) {
        boolean rootGone =
            e.isAny(Status.STALE, Status.FHEXPIRED, Status.BADHANDLE) && !e.isAfterChange();
        if (!rootGone || attempt > 1) {
          throw e;
        }
        root = null;
      }
    }
  }

  /** Begins a request that does not wait for the ones before it. */
  <T> Pending<T> start(List<String> directory, Rooted<T> request, Call call) throws IOException {
    Root used = root(call);
    Patience patience = client.patience(call);
    return client.start(request.from(start(used, directory, patience)));
  }

  /** A deep directory is walked to in several compounds. */
  private Start start(Root from, List<String> directory, Patience patience) throws IOException {
    FileHandle handle = from.handle();
    List<String> left = directory;
    while (left.size() > MAX_LOOKUPS) {
      FileHandle at = handle;
      List<String> step = left.subList(0, MAX_LOOKUPS);
      handle =
          client.call(
              Request.of(
                  out -> out.putFh(at).lookup(step).getFh(),
                  in -> in.putFh().lookup(step.size()).getFh()),
              patience);
      left = left.subList(MAX_LOOKUPS, left.size());
    }
    return new Start(handle, left);
  }

  /** Executes a request on an open file. */
  <T> T call(OpenFile file, Request<T> request, Call call) throws StorageException {
    try {
      return client.call(file, request, client.patience(call));
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** Executes a request that needs nothing but a handle. */
  <T> T call(Request<T> request, Call call) throws IOException {
    return client.call(request, client.patience(call));
  }

  /**
   * Refuses a root that cannot serve, in the moment the disk is opened; a server that does not
   * answer then is asked again by the first call.
   */
  void requireRoot(Call call) throws StorageException {
    try {
      root(call);
    } catch (StorageException e) {
      if (!e.kind().isTransient()) {
        throw e;
      }
    }
  }

  /** What is known of the root at this moment. */
  Optional<Root> known() {
    return Optional.ofNullable(root);
  }

  private static StorageException rootError(NfsStatusException e) {
    return switch (e.status()) {
      case Status.NOENT ->
          StorageException.of(
              ErrorKind.NOT_FOUND,
              "The server has no such export or root; check the options export and root, or set"
                  + " create_root.",
              e);
      case Status.NOTDIR, Status.SYMLINK ->
          StorageException.of(
              ErrorKind.PATH_CONFLICT,
              "The way to the root leads over something that is no directory; check the options"
                  + " export and root.",
              e);
      default -> NfsErrors.of(e);
    };
  }

  private Root createRoot(Call call) throws StorageException {
    try {
      List<String> way = new ArrayList<>(options.export());
      for (String name : options.root()) {
        make(List.copyOf(way), name, call);
        way.add(name);
      }
      return find(client.patience(call));
    } catch (NfsStatusException e) {
      throw rootError(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  private void make(List<String> parents, String name, Call call) throws IOException {
    try {
      client.call(
          Request.change(
              out -> out.putRootFh().lookup(parents).makeDirectory(name, options.directory()),
              in -> in.putRootFh().lookup(parents.size()).create()),
          client.patience(call));
    } catch (NfsStatusException e) {
      if (!e.isAny(Status.EXIST)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
