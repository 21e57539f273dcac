package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.AuthSys;
import io.diskmap.nfs.v4.NewFile;
import io.diskmap.nfs.v4.NfsConfig;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.Loopback;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an NFS disk is opened with.
 *
 * <p>Immutable.
 *
 * @param config how the server is reached
 * @param export the names from the server's root to the export
 * @param root the names from there to the disk's root
 * @param createRoot whether a missing root is made below the export
 * @param rsize bytes of a READ
 * @param wsize bytes of a WRITE
 * @param inFlight requests of one transfer at once
 * @param file the attributes of a new file
 * @param directory the attributes of a new directory
 * @param keepDirectories directories that stay when they become empty
 */
record NfsOptions(
    NfsConfig config,
    List<String> export,
    List<String> root,
    boolean createRoot,
    int rsize,
    int wsize,
    int inFlight,
    NewFile file,
    NewFile directory,
    List<String> keepDirectories) {
  private static final int LARGEST_IO = 1 << 20;

  static final OptionTable TABLE =
      OptionTable.of(
              Option.text("host").required().help("The server's name or address."),
              Option.integer("port").defaultTo(2049).between(1, 65535).help("The server's port."),
              Option.choice("tls", "off", "required")
                  .defaultTo("off")
                  .help("required: RPC with TLS 1.3 (RFC 9289), which the server must offer."),
              Option.path("ca_file")
                  .help("Certificates (PEM) to trust instead of the system's, for tls."),
              Option.text("export")
                  .required()
                  .help("The export's path on the server, from its NFSv4 root: /videos."),
              Option.text("root")
                  .defaultTo("")
                  .help("A directory below the export that the disk is confined to."),
              Option.flag("create_root")
                  .defaultTo(false)
                  .help("Makes a missing root below the export."),
              Option.size("rsize")
                  .defaultTo("1MiB")
                  .between("8KiB", "1MiB")
                  .help("How much one READ asks for; the server's limit holds too."),
              Option.size("wsize")
                  .defaultTo("1MiB")
                  .between("8KiB", "1MiB")
                  .help("How much one WRITE carries; the server's limit holds too."),
              Option.choice("minor_version", "auto", "1", "2")
                  .defaultTo("auto")
                  .help("The minor version of NFSv4; auto takes 4.2 where the server has it."),
              Option.integer("uid")
                  .between(0, 4294967294L)
                  .help("The user that calls; this process' own where it is not given."),
              Option.integer("gid")
                  .between(0, 4294967294L)
                  .help("Its first group; this process' own where it is not given."),
              Option.list("groups").help("The numbers of up to 16 further groups."),
              Option.integer("slots")
                  .defaultTo(64)
                  .between(1, 1024)
                  .unit("requests")
                  .help(
                      "How many requests the session may have under way; the server may grant"
                          + " fewer."),
              Option.integer("connections")
                  .defaultTo(1)
                  .between(1, 16)
                  .help("How many TCP connections the session has. More help on fast networks."),
              Option.integer("in_flight")
                  .defaultTo(16)
                  .between(1, 64)
                  .unit("requests")
                  .help("How many READs or WRITEs of one transfer are under way at once."),
              Option.choice("recovery", "soft", "hard")
                  .defaultTo("soft")
                  .help(
                      "soft: an exchange fails after timeout. hard: it waits for the server as long"
                          + " as its call may last, also without a deadline for ever."),
              Option.mode("file_mode")
                  .defaultTo("0640")
                  .help("The mode of new files; a replaced file keeps its own."),
              Option.mode("dir_mode").defaultTo("0750").help("The mode of new directories."),
              Option.text("group")
                  .help("The group of new files and directories, as the server knows it."),
              Option.list("keep_directories")
                  .help("Directories that stay when their last file is deleted."))
          .and(CommonOptions.TABLE);

  NfsOptions {
    export = List.copyOf(export);
    root = List.copyOf(root);
    keepDirectories = List.copyOf(keepDirectories);
  }

  /** The checked options of a disk; plain NFS beyond this machine must be allowed. */
  static NfsOptions from(DriverContext context, OptionValues values) throws StorageException {
    String host = values.text("host");
    boolean tls = values.choice("tls").equals("required");
    if (!tls && !values.flag("allow_plaintext") && !Loopback.names(host)) {
      throw refused(
          "NFS without TLS sends files in the clear and believes every client's user; set tls to"
              + " required, or allow_plaintext where the network is private.");
    }
    Optional<String> group = values.optionalText("group");
    return new NfsOptions(
        config(context, values, host),
        names(values.text("export")),
        names(values.text("root")),
        values.flag("create_root"),
        (int) values.size("rsize"),
        (int) values.size("wsize"),
        values.intValue("in_flight"),
        new NewFile(values.mode("file_mode"), group),
        new NewFile(values.mode("dir_mode"), group),
        values.list("keep_directories"));
  }

  private static NfsConfig config(DriverContext context, OptionValues values, String host)
      throws StorageException {
    String minor = values.choice("minor_version");
    return new NfsConfig(
        host,
        values.intValue("port"),
        values.choice("tls").equals("required")
            ? Optional.of(NfsTrust.of(values.optionalPath("ca_file")))
            : Optional.empty(),
        minor.equals("auto") ? List.of(2, 1) : List.of(Integer.parseInt(minor)),
        credential(values),
        values.intValue("slots"),
        values.intValue("connections"),
        LARGEST_IO,
        context.timeout(),
        CommonOptions.of(values).retries(),
        values.choice("recovery").equals("hard"));
  }

  private static AuthSys credential(OptionValues values) throws StorageException {
    long uid = values.has("uid") ? values.integer("uid") : ProcessUser.uid();
    long gid = values.has("gid") ? values.integer("gid") : ProcessUser.gid();
    List<Integer> groups = new ArrayList<>();
    for (String each : values.list("groups")) {
      try {
        groups.add(Integer.parseUnsignedInt(each.strip()));
      } catch (NumberFormatException e) {
        throw StorageException.of(
            ErrorKind.UNSUPPORTED, "Option groups takes numbers only, such as [\"1000\"].", e);
      }
    }
    if (groups.size() > AuthSys.MAX_GROUPS) {
      throw refused("Option groups has room for " + AuthSys.MAX_GROUPS + " numbers.");
    }
    return new AuthSys("diskmap", (int) uid, (int) gid, groups);
  }

  private static List<String> names(String path) throws StorageException {
    List<String> names = Arrays.stream(path.split("/")).filter(name -> !name.isEmpty()).toList();
    if (names.contains("..") || names.contains(".")) {
      throw refused("The export and the root are plain paths without . and .. in them.");
    }
    return names;
  }

  private static StorageException refused(String sentence) {
    return StorageException.of(ErrorKind.UNSUPPORTED, sentence);
  }
}
