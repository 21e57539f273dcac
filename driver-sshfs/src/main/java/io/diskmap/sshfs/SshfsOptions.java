package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.StorageException;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an SFTP disk is opened with.
 *
 * <p>Immutable.
 *
 * @param host the server
 * @param port its port
 * @param username who logs in
 * @param identityFile the private key
 * @param passphrase of the private key
 * @param password where there is no key
 * @param agent the socket of an SSH agent, {@code auto} or {@code off}
 * @param knownHosts the file of host keys
 * @param hostKey the fingerprint of the one host key that is accepted, in place of the file
 * @param ciphers in order of preference
 * @param compression whether the connection is compressed
 * @param keepalive how often the server is asked for a sign of life
 * @param connectTimeout how long making a connection may take
 * @param reconnect how long a call tries to reach the server again
 * @param connections at most
 * @param channels on each connection at most
 * @param root the directory that the disk is confined to
 * @param stateDir the directory of the records, if not in the root
 * @param followLinks whether a link to a file inside the root counts as that file
 * @param replaceInSteps whether a server that cannot replace in one step may do so in several
 * @param chunkSize of a save
 * @param fileMode of new files
 * @param directoryMode of new directories
 * @param keepDirectories directories that stay when they become empty
 */
record SshfsOptions(
    String host,
    int port,
    String username,
    Optional<Path> identityFile,
    Optional<Secret> passphrase,
    Optional<Secret> password,
    String agent,
    Path knownHosts,
    Optional<String> hostKey,
    List<String> ciphers,
    boolean compression,
    Duration keepalive,
    Duration connectTimeout,
    Duration reconnect,
    int connections,
    int channels,
    String root,
    Optional<String> stateDir,
    boolean followLinks,
    boolean replaceInSteps,
    int chunkSize,
    int fileMode,
    int directoryMode,
    List<String> keepDirectories) {
  static final OptionTable TABLE =
      OptionTable.of(
          Option.text("host").required().help("The server's name or address."),
          Option.integer("port").defaultTo(22).between(1, 65535).help("The server's port."),
          Option.text("username").required().help("The user who logs in."),
          Option.path("identity_file")
              .help("The private key: OpenSSH, PEM, PKCS#8 or PuTTY, with or without passphrase."),
          Option.secret("passphrase").help("The passphrase of the private key."),
          Option.secret("password").help("The password, where no key is accepted."),
          Option.text("agent")
              .defaultTo("auto")
              .help(
                  "The SSH agent whose keys are tried: auto, the one of SSH_AUTH_SOCK where it"
                      + " answers and no identity_file is set; off; or the path of an agent's"
                      + " socket."),
          Option.path("known_hosts")
              .defaultTo("~/.ssh/known_hosts")
              .help(
                  "The file of host keys, as OpenSSH writes it, hashed entries included. A server"
                      + " that is not in it is refused."),
          Option.text("host_key")
              .help(
                  "The fingerprint of the only host key that is accepted, such as SHA256:..., in"
                      + " place of the file."),
          Option.list("ciphers")
              .defaultTo("aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr")
              .help(
                  "The ciphers that are offered, the preferred first: aes128-gcm@openssh.com,"
                      + " aes256-gcm@openssh.com, aes128-ctr, aes192-ctr, aes256-ctr."),
          Option.flag("compression")
              .defaultTo(false)
              .help("Compresses the connection; worth it only on very slow lines."),
          Option.duration("keepalive")
              .defaultTo("15s")
              .between("1s", "10m")
              .help(
                  "How often the server is asked for a sign of life. After two and a half times"
                      + " this long without one the connection is given up."),
          Option.duration("connect_timeout")
              .defaultTo("10s")
              .between("100ms", "10m")
              .help("How long connecting and logging in may take."),
          Option.duration("reconnect")
              .defaultTo("5s")
              .between("0s", "10m")
              .help(
                  "How long a call goes on trying to reach a server that was reached before, such as"
                      + " one that restarts, before it fails."),
          Option.integer("connections")
              .defaultTo(1)
              .between(1, 16)
              .unit("connections")
              .help("How many connections are made at most; one is as fast as several."),
          Option.integer("channels")
              .defaultTo(4)
              .between(1, 64)
              .unit("channels")
              .help(
                  "How many SFTP sessions each connection carries at most; the server's"
                      + " MaxSessions bounds it too."),
          Option.text("root")
              .defaultTo(".")
              .help("The directory that the disk is confined to; relative to the user's home."),
          Option.text("state_dir")
              .help(
                  "The directory on the server for records of unfinished saves and attributes, one"
                      + " for each disk; by default .diskmap in the root."),
          Option.choice("links", "follow-inside", "refuse")
              .defaultTo("follow-inside")
              .help(
                  "follow-inside: a link to a file inside the root counts as that file. refuse: no"
                      + " link counts. Links that leave the root, or lead to a directory, never"
                      + " count."),
          Option.flag("allow_non_atomic_replace")
              .defaultTo(false)
              .help(
                  "Lets a save replace a file in several steps on a server without"
                      + " posix-rename@openssh.com; readers can find no file for a moment."),
          Option.size("chunk_size")
              .defaultTo("1MiB")
              .between("64KiB", "8MiB")
              .help("How long the chunks of a save are."),
          Option.mode("file_mode")
              .defaultTo("0640")
              .help("The mode of new files; a replaced file keeps its own."),
          Option.mode("dir_mode").defaultTo("0750").help("The mode of new directories."),
          Option.list("keep_directories")
              .help("Directories that stay when their last file is deleted."));

  SshfsOptions {
    ciphers = List.copyOf(ciphers);
    keepDirectories = List.copyOf(keepDirectories);
  }

  static SshfsOptions from(OptionValues values) throws StorageException {
    for (String cipher : values.list("ciphers")) {
      if (JceCiphers.named(cipher).isEmpty()) {
        throw StorageException.of(
            ErrorKind.UNSUPPORTED,
            "The option ciphers names %s; it takes %s."
                .formatted(cipher, String.join(", ", JceCiphers.NAMES)));
      }
    }
    Optional<String> hostKey = values.optionalText("host_key");
    if (hostKey.isPresent() && !hostKey.get().startsWith("SHA256:")) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The option host_key takes a fingerprint such as ssh-keygen -lf shows, which begins with"
              + " SHA256:.");
    }
    return new SshfsOptions(
        values.text("host"),
        values.intValue("port"),
        values.text("username"),
        values.optionalPath("identity_file"),
        values.optionalSecret("passphrase"),
        values.optionalSecret("password"),
        values.text("agent"),
        values.path("known_hosts"),
        hostKey,
        values.list("ciphers"),
        values.flag("compression"),
        values.duration("keepalive"),
        values.duration("connect_timeout"),
        values.duration("reconnect"),
        values.intValue("connections"),
        values.intValue("channels"),
        values.text("root"),
        values.optionalText("state_dir"),
        values.choice("links").equals("follow-inside"),
        values.flag("allow_non_atomic_replace"),
        Math.toIntExact(values.size("chunk_size")),
        values.mode("file_mode"),
        values.mode("dir_mode"),
        values.list("keep_directories"));
  }

  /** The socket of the agent to ask; empty where none is asked. */
  Optional<Path> agentSocket() {
    return switch (agent) {
      case "off" -> Optional.empty();
      case "auto" ->
          Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
              .filter(socket -> identityFile.isEmpty() && !socket.isEmpty())
              .map(Path::of);
      default -> Optional.of(Path.of(agent));
    };
  }

  /** Whether an agent that does not answer is passed over. */
  boolean isAgentOptional() {
    return agent.equals("auto");
  }
}
