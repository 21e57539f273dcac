package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.staged.StagedOptions;
import io.diskmap.spi.staged.StagedSaves;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The first look at the server: finds the root, refuses one that is missing or no directory, and
 * learns what the server can do.
 *
 * <p>Thread-safe. Until it has succeeded once, each call tries it.
 */
final class Mounting {
  /** SFTP dates files in whole seconds. */
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final String STATE = ".diskmap";
  private static final int WINDOW_BYTES = 16 << 20;

  private final DriverContext context;
  private final SshfsOptions options;
  private final SshfsSessions sessions;
  private final AtomicReference<@Nullable Mounted> mounted = new AtomicReference<>();

  Mounting(DriverContext context, SshfsOptions options, SshfsSessions sessions) {
    this.context = context;
    this.options = options;
    this.sessions = sessions;
  }

  Optional<Mounted> known() {
    return Optional.ofNullable(mounted.get());
  }

  Mounted mounted(Call call) throws StorageException {
    Optional<Mounted> before = known();
    if (before.isPresent()) {
      return before.get();
    }
    SftpChannel channel = sessions.channel(call);
    Mounted made = mount(channel, call);
    mounted.compareAndSet(null, made);
    return known().orElse(made);
  }

  private Mounted mount(SftpChannel channel, Call call) throws StorageException {
    SftpExtensions extensions = channel.extensions();
    SshfsStore store = store(channel, options.root(), "root", call);
    SshfsStore state = store;
    if (options.stateDir().isPresent()) {
      state = store(channel, options.stateDir().get(), "state_dir", call);
    }
    StagedOptions staged =
        new StagedOptions(
            state == store ? STATE : "",
            options.chunkSize(),
            Math.max(2, WINDOW_BYTES / options.chunkSize()),
            options.fileMode(),
            SECOND,
            extensions.has(SftpExtensions.POSIX_RENAME),
            extensions.has(SftpExtensions.HARDLINK),
            options.replaceInSteps(),
            false,
            options.keepDirectories(),
            context.readOnly());
    StagedSaves saves = new StagedSaves(context, staged, store, state);
    if (state != store) {
      saves.sidecarsObserved(true); // a look inside the root would not tell
    }
    return new Mounted(store, new SshfsLinks(store, options.followLinks()), saves, extensions);
  }

  private SshfsStore store(SftpChannel channel, String path, String option, Call call)
      throws StorageException {
    Waiting waiting = sessions.waiting(call);
    byte[] given = path.getBytes(StandardCharsets.UTF_8);
    SftpReply resolved = waiting.await(channel.begin(SftpRequest.of(Sftp.REALPATH, given)));
    SftpReply look = waiting.await(channel.begin(SftpRequest.of(Sftp.STAT, given)));
    Optional<RemoteStat> stat = Batch.stat(look);
    if (stat.isEmpty() || !resolved.isOk()) {
      throw StorageException.of(
          ErrorKind.NOT_FOUND,
          "The directory of the option %s does not exist on the server; make it there."
              .formatted(option));
    }
    if (!stat.get().isDirectory()) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "The option %s names a file on the server; name a directory.".formatted(option));
    }
    resolved.expect(Sftp.NAME).number();
    String absolute = new String(resolved.text(), StandardCharsets.UTF_8);
    return new SshfsStore(
        sessions, new RemoteRoot(absolute), options.fileMode(), options.directoryMode());
  }
}
