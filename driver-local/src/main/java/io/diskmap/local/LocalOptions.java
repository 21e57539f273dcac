package io.diskmap.local;

import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a local disk.
 *
 * <p>Immutable.
 *
 * @param root the directory that holds the files
 * @param createRoot whether a missing root is made
 * @param stateDir where session records live, if not in the root
 * @param fileMode of new files
 * @param directoryMode of new directories
 * @param group of new files and directories
 * @param keepDirectories directories that stay when they become empty
 * @param followLinks whether a link to a file inside the root counts as a file
 */
record LocalOptions(
    Path root,
    boolean createRoot,
    Optional<Path> stateDir,
    Set<PosixFilePermission> fileMode,
    Set<PosixFilePermission> directoryMode,
    Optional<String> group,
    List<String> keepDirectories,
    boolean followLinks) {
  static final OptionTable TABLE =
      OptionTable.of(
          Option.path("root")
              .required()
              .help("The directory that holds the files; also a mounted NAS."),
          Option.flag("create_root")
              .defaultTo(false)
              .help("Makes a missing root. Leave it off for mounts, so that an absent one shows."),
          Option.path("state_dir")
              .help(
                  "Where records of unfinished saves, attributes and locks live, one directory for"
                      + " each disk; by default .diskmap in the root."),
          Option.mode("file_mode")
              .defaultTo("0640")
              .help("The mode of new files; a replaced file keeps its own."),
          Option.mode("dir_mode").defaultTo("0750").help("The mode of new directories."),
          Option.text("group").help("The group of new files and directories, by name."),
          Option.list("keep_directories")
              .help("Directories that stay when their last file is deleted."),
          Option.choice("links", "follow-inside", "refuse")
              .defaultTo("follow-inside")
              .help(
                  "follow-inside: a link to a file inside the root counts as that file. refuse: no"
                      + " link counts. Links that leave the root, or lead to a directory, never"
                      + " count."));

  LocalOptions {
    keepDirectories = List.copyOf(keepDirectories);
    fileMode = Set.copyOf(fileMode);
    directoryMode = Set.copyOf(directoryMode);
  }

  static LocalOptions of(OptionValues values) {
    return new LocalOptions(
        values.path("root"),
        values.flag("create_root"),
        values.optionalPath("state_dir"),
        permissions(values.mode("file_mode")),
        permissions(values.mode("dir_mode")),
        values.optionalText("group"),
        values.list("keep_directories"),
        values.choice("links").equals("follow-inside"));
  }

  /** The nine permission bits as a set. */
  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] bits = PosixFilePermission.values();
    for (int i = 0; i < bits.length; i++) {
      if ((mode >> 8 - i & 1) != 0) {
        set.add(bits[i]);
      }
    }
    return set;
  }
}
