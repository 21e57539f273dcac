package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.LoginConfig;
import io.diskmap.smb.wire.LoginConfig.Need;
import io.diskmap.smb.wire.TicketSource;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.Loopback;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an SMB disk is opened with.
 *
 * <p>Immutable.
 *
 * @param login the server, the share and the user
 * @param root the names from the share's root to the disk's root
 * @param createRoot whether a missing root is made
 * @param rsize bytes of a READ
 * @param wsize bytes of a WRITE
 * @param inFlight requests of one transfer at once
 * @param connections how many connections the disk has at most
 * @param replaceWait how long a save waits for a file that somebody has open
 * @param replaceInSteps whether a file that somebody has open may be moved aside
 * @param keepDirectories directories that stay when they become empty
 */
record SmbOptions(
    LoginConfig login,
    List<String> root,
    boolean createRoot,
    int rsize,
    int wsize,
    int inFlight,
    int connections,
    Duration replaceWait,
    boolean replaceInSteps,
    List<String> keepDirectories) {
  private static final List<String> DIALECTS = List.of("2.0.2", "2.1", "3.0", "3.0.2", "3.1.1");

  static final OptionTable TABLE =
      OptionTable.of(
              Option.text("host").required().help("The server's name or address."),
              Option.integer("port").defaultTo(445).between(1, 65535).help("The server's port."),
              Option.text("share").required().help("The share's name, without slashes."),
              Option.text("root")
                  .defaultTo("")
                  .help("A directory below the share that the disk is confined to."),
              Option.flag("create_root")
                  .defaultTo(false)
                  .help("Makes a missing root below the share."),
              Option.text("domain")
                  .defaultTo("")
                  .help("The user's domain; empty for an account of the server itself."),
              Option.choice("auth", "password", "kerberos")
                  .defaultTo("password")
                  .help(
                      "password logs in by NTLMv2; kerberos by a ticket of the realm that the JVM's"
                          + " krb5 settings name."),
              Option.text("username")
                  .required()
                  .help(
                      "The user who logs in; with Kerberos the principal, such as"
                          + " reports@EXAMPLE.ORG."),
              Option.secret("password")
                  .help(
                      "The user's password; with Kerberos only where there is no keytab and no"
                          + " ticket_cache."),
              Option.path("keytab").help("With Kerberos, the file of the principal's keys."),
              Option.path("ticket_cache")
                  .help("With Kerberos, a file of tickets that something else keeps fresh."),
              Option.choice("encryption", "preferred", "required", "off")
                  .defaultTo("preferred")
                  .help(
                      "required refuses a server that cannot encrypt; preferred encrypts where the"
                          + " server can, and refuses the rest unless allow_plaintext is set or the"
                          + " server is this machine; off encrypts only where the server insists."),
              Option.choice("signing", "required", "preferred", "off")
                  .defaultTo("required")
                  .help(
                      "required signs every message that is not encrypted and refuses guests;"
                          + " preferred signs where the session has a key; off signs only where the"
                          + " server insists."),
              Option.choice("min_dialect", "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1")
                  .defaultTo("2.0.2")
                  .help("The oldest dialect of the protocol that is spoken."),
              Option.choice("max_dialect", "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1")
                  .defaultTo("3.1.1")
                  .help("The newest dialect of the protocol that is spoken."),
              Option.size("rsize")
                  .defaultTo("512KiB")
                  .between("4KiB", "1MiB")
                  .help("How much one READ asks for; the server's limit holds too."),
              Option.size("wsize")
                  .defaultTo("512KiB")
                  .between("4KiB", "1MiB")
                  .help("How much one WRITE carries; the server's limit holds too."),
              Option.integer("in_flight")
                  .defaultTo(24)
                  .between(1, 64)
                  .unit("requests")
                  .help("How many READs or WRITEs of one transfer are under way at once."),
              Option.integer("connections")
                  .defaultTo(4)
                  .between(1, 16)
                  .help(
                      "How many connections the disk opens at most; a further one is opened when"
                          + " the ones there are busy."),
              Option.duration("replace_wait")
                  .defaultTo("10s")
                  .between("0s", "1h")
                  .help(
                      "How long a save or a delete waits for a file that somebody has open, before"
                          + " it fails with BUSY."),
              Option.flag("allow_non_atomic_replace")
                  .defaultTo(false)
                  .help(
                      "Lets a save move a file aside that somebody has open, so that for a moment"
                          + " readers find no file at the path."),
              Option.list("keep_directories")
                  .help("Directories that stay when their last file is deleted."))
          .and(CommonOptions.TABLE);

  SmbOptions {
    root = List.copyOf(root);
    keepDirectories = List.copyOf(keepDirectories);
  }

  /** The checked options of a disk. */
  static SmbOptions from(DriverContext context, OptionValues values) throws StorageException {
    String host = values.text("host");
    String share = values.text("share");
    if (share.isEmpty() || share.contains("/") || share.contains("\\")) {
      throw refused("The share is one name without slashes; a directory in it is the option root.");
    }
    List<String> dialects = dialects(values.choice("min_dialect"), values.choice("max_dialect"));
    Need encryption = need(values.choice("encryption"));
    boolean mayBePlain = values.flag("allow_plaintext") || Loopback.names(host);
    if (!mayBePlain && encryption == Need.OFF) {
      throw refused(
          "SMB without encryption sends files in the clear; set allow_plaintext where the network"
              + " is private, or leave encryption on.");
    }
    if (encryption == Need.REQUIRED && dialects.stream().noneMatch(name -> name.startsWith("3"))) {
      throw refused("Only SMB 3 encrypts; raise max_dialect, or set encryption to preferred.");
    }
    LoginConfig login =
        new LoginConfig(
            host,
            values.intValue("port"),
            share,
            values.text("domain"),
            values.text("username"),
            values.optionalSecret("password"),
            tickets(values),
            need(values.choice("signing")),
            encryption,
            mayBePlain,
            dialects);
    return new SmbOptions(
        login,
        names(values.text("root")),
        values.flag("create_root"),
        (int) values.size("rsize"),
        (int) values.size("wsize"),
        values.intValue("in_flight"),
        values.intValue("connections"),
        values.duration("replace_wait"),
        values.flag("allow_non_atomic_replace"),
        values.list("keep_directories"));
  }

  private static Optional<TicketSource> tickets(OptionValues values) throws StorageException {
    boolean kerberos = values.choice("auth").equals("kerberos");
    TicketSource source =
        new TicketSource(
            values.text("username"),
            values.optionalPath("keytab"),
            values.optionalPath("ticket_cache"),
            values.optionalSecret("password"));
    long sources =
        Stream.of(source.keytab(), source.cache(), source.password())
            .filter(Optional::isPresent)
            .count();
    if (!kerberos && (source.password().isEmpty() || sources > 1)) {
      throw refused(
          "A log-in by password takes the option password, and neither keytab nor ticket_cache; set"
              + " auth to kerberos for those.");
    }
    if (kerberos && (sources != 1 || !values.text("domain").isEmpty())) {
      throw refused(
          "A log-in by Kerberos takes one of keytab, ticket_cache and password, and no domain: the"
              + " realm is part of the username.");
    }
    return kerberos ? Optional.of(source) : Optional.empty();
  }

  private static Need need(String word) {
    return Need.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static List<String> dialects(String least, String most) throws StorageException {
    int from = DIALECTS.indexOf(least);
    int to = DIALECTS.indexOf(most);
    if (from > to) {
      throw refused("min_dialect is newer than max_dialect; swap them.");
    }
    return DIALECTS.subList(from, to + 1);
  }

  private static List<String> names(String path) throws StorageException {
    List<String> names =
        Arrays.stream(path.replace('\\', '/').split("/")).filter(name -> !name.isEmpty()).toList();
    if (names.contains("..") || names.contains(".")) {
      throw refused("The root is a plain path without . and .. in it.");
    }
    return names;
  }

  private static StorageException refused(String sentence) {
    return StorageException.of(ErrorKind.UNSUPPORTED, sentence);
  }
}
