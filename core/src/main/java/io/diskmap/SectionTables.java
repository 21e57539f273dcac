package io.diskmap;

import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import java.util.List;

/** The option tables of a disk map's sections, and of views. Any thread may use it. */
final class SectionTables {
  static final List<String> NAMES =
      List.of("disks", "server", "web", "audit", "cleanup", "worker_files", "catalogue");

  /** The keys of a disk that is a view; {@code read_only} has no default, to tell a loosening. */
  static final OptionTable VIEW =
      OptionTable.of(
          Option.text("view_of").required().help("The disk that this one is a view of."),
          Option.text("prefix").help("The prefix of that disk that is this one's root."),
          Option.flag("read_only").help("Refuses every call that would change something."));

  /** The section server without its keys. */
  static final OptionTable SERVER =
      OptionTable.of(
          Option.text("listen")
              .defaultTo("127.0.0.1:8001")
              .help("The host and port to listen on; port 0 takes a free one."),
          Option.secret("audit_key")
              .help("The key of the page /internal/audit; there is no such page without it."),
          Option.object(
                  "tls",
                  Option.path("cert").required().help("The certificate and its chain, PEM."),
                  Option.path("key").required().help("The private key, PEM."))
              .help("The certificate; without it the server speaks plain HTTP."));

  /** One key of the section server. */
  static final OptionTable SERVER_KEY =
      OptionTable.of(
          Option.secret("key").required().help("The key that callers show."),
          Option.secret("previous").help("A key that is still valid during a rotation."),
          Option.list("disks").help("The disks it opens; every disk where it is not given."),
          Option.list("prefixes").help("The prefixes it opens; everything where it is not given."),
          Option.flag("read_only").defaultTo(false).help("Opens nothing for a change."),
          Option.flag("may_name_users")
              .defaultTo(false)
              .help("Lets callers say for which user and cohort they act."));

  /** The section web. */
  static final OptionTable WEB =
      OptionTable.of(
          Option.list("disks").help("The disks that role web reaches; every disk by default."),
          Option.path("ca_file").help("The certificates that role web trusts, PEM."),
          Option.flag("allow_plaintext")
              .defaultTo(false)
              .help("Lets role web reach the services server over plain HTTP beyond loopback."));

  /** The section audit. */
  static final OptionTable AUDIT =
      OptionTable.of(
          Option.secret("jdbc_url").help("The database that keeps the audit records."),
          Option.secret("store")
              .help("A directory, or a JDBC URL, that keeps the audit records; off for none."),
          Option.choice("on_failure", "refuse", "spool")
              .defaultTo("refuse")
              .help("What happens to a call whose record cannot be written."),
          Option.path("spool")
              .help("The directory where records wait for a database, with on_failure spool."),
          Option.flag("require_user").defaultTo(false).help("Refuses a call that names no user."));

  /** One disk of the section cleanup. */
  static final OptionTable CLEANUP_RULE =
      OptionTable.of(
          Option.list("prefixes").required().help("The prefixes that are cleaned up."),
          Option.duration("older_than")
              .defaultTo("4h")
              .help("The age from which a file goes, by the store's clock."),
          Option.duration("every")
              .defaultTo("15m")
              .between("1s", "30d")
              .help("How often old files are looked for."),
          Option.list("keep")
              .help(
                  "Patterns of paths that stay whatever their age: * within a segment, ** across"
                      + " segments, ? for one character."),
          Option.integer("max_deletions")
              .between(1, Integer.MAX_VALUE)
              .help("How many files go at most in one run below one prefix; all by default."),
          Option.text("lease")
              .help(
                  "A path on the disk by which several servers take turns; without it each runs its"
                      + " own clean-up, which does no harm."));

  /** The section worker_files without its roots. */
  static final OptionTable WORKER_FILES =
      OptionTable.of(
          Option.text("results")
              .required()
              .help("Where results are saved: a disk, or disk:prefix."));

  /** The section catalogue. */
  static final OptionTable CATALOGUE =
      OptionTable.of(
          Option.text("disk").required().help("The disk of the files of tasks."),
          Option.text("prefix").defaultTo("tasks").help("The prefix of all of them on the disk."),
          Option.secret("store")
              .required()
              .help("A directory, or a JDBC URL, that keeps the records of tasks."),
          Option.size("max_bytes").help("How much the tasks of one user may hold; all by default."),
          Option.integer("max_files")
              .between(1, Integer.MAX_VALUE)
              .help("How many files the tasks of one user may hold; all by default."),
          Option.secret("token_key")
              .help(
                  "The key that signs the tokens of users, 32 characters at least; without one"
                      + " there is no /api/files."),
          Option.duration("sweep_after")
              .defaultTo("24h")
              .between("1m", "30d")
              .help("When a task that nobody goes on to collect is removed."));

  private SectionTables() {}
}
