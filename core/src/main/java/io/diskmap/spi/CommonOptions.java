package io.diskmap.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * The options that every disk has, whatever its driver. Immutable; any thread may use it.
 *
 * @param readOnly whether calls that change something are refused
 * @param allowPlaintext whether bytes may travel unencrypted beyond loopback
 * @param timeout the longest time for one exchange with the server
 * @param stallTimeout the longest time without progress in a transfer
 * @param durability {@code content}, {@code name} or {@code none}; empty asks for the driver's
 *     strongest
 * @param showPaths whether error messages may show paths
 * @param recordChecksum whether each file gets a recorded checksum
 * @param retries how often an exchange is tried at most, the first time included
 * @param sweepAge how long an abandoned upload stays after its last chunk
 * @param metadataTtl how long metadata may be answered from memory, zero for never
 */
public record CommonOptions(
    boolean readOnly,
    boolean allowPlaintext,
    Duration timeout,
    Duration stallTimeout,
    Optional<String> durability,
    boolean showPaths,
    boolean recordChecksum,
    int retries,
    Duration sweepAge,
    Duration metadataTtl) {

  /** The table of the common options. */
  public static final OptionTable TABLE =
      OptionTable.of(
          Option.text("driver").required().help("The driver that serves this disk."),
          Option.flag("read_only")
              .defaultTo(false)
              .help("Refuses every call that would change something on this disk."),
          Option.flag("allow_plaintext")
              .defaultTo(false)
              .help("Lets bytes travel unencrypted to a host other than this one."),
          Option.duration("timeout")
              .defaultTo("30s")
              .between("10ms", "1d")
              .help("The longest time for one exchange with the server."),
          Option.duration("stall_timeout")
              .defaultTo("30s")
              .between("10ms", "1d")
              .help("Ends a transfer that makes no progress for this long."),
          Option.choice("durability", "content", "name", "none")
              .help(
                  "What is on stable storage when a save returns: the content, the content and its"
                      + " name, or nothing. The driver's strongest where it is not given."),
          Option.flag("show_paths")
              .defaultTo(false)
              .help("Lets error messages show paths, which can carry personal data."),
          Option.flag("record_checksum")
              .defaultTo(false)
              .help("Keeps a checksum with each file that is saved."),
          Option.integer("retries")
              .defaultTo(4)
              .between(1, 100)
              .unit("attempts")
              .help("How often an exchange is tried at most, where repeating it is safe."),
          Option.duration("sweep_age")
              .defaultTo("24h")
              .between("0s", "365d")
              .help("How long an abandoned upload stays after its last chunk, before it is swept."),
          Option.object(
                  "cache",
                  Option.duration("metadata_ttl")
                      .defaultTo("0s")
                      .between("0s", "7d")
                      .help("How long metadata is answered from memory; 0s is never."))
              .help("What may be answered from memory."));

  /** The common options among the values of a disk. */
  public static CommonOptions of(OptionValues values) {
    return new CommonOptions(
        values.flag("read_only"),
        values.flag("allow_plaintext"),
        values.duration("timeout"),
        values.duration("stall_timeout"),
        values.optionalText("durability"),
        values.flag("show_paths"),
        values.flag("record_checksum"),
        values.intValue("retries"),
        values.duration("sweep_age"),
        values.object("cache").duration("metadata_ttl"));
  }
}
