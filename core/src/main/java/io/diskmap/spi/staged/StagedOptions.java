package io.diskmap.spi.staged;

import java.time.Duration;
import java.util.List;

/**
 * How a driver wants its saves.
 *
 * <p>Immutable.
 *
 * @param stateBase the directory of the records inside the state store, {@code .diskmap} where that
 *     is the root itself
 * @param chunkSize how long the chunks of a save are
 * @param window how many chunks of one save are under way at once
 * @param fileMode the permission bits of a new file, or -1 to leave them to the server
 * @param granularity how far apart the server dates two changes; zero where its versions tell every
 *     change
 * @param canReplace whether {@link RemoteStore#replace} is one step
 * @param canLinkNew whether {@link RemoteStore#linkNew} is one step
 * @param replaceInSteps whether a server without such a step may replace in several
 * @param captureInDirectory whether a file that is captured goes into a directory of its own, the
 *     listing of which tells what it is, since a look by its new name can tell of another one
 * @param keepDirectories directories that stay when they become empty
 * @param readOnly whether nothing is ever written, not even to learn the server's time
 */
public record StagedOptions(
    String stateBase,
    int chunkSize,
    int window,
    int fileMode,
    Duration granularity,
    boolean canReplace,
    boolean canLinkNew,
    boolean replaceInSteps,
    boolean captureInDirectory,
    List<String> keepDirectories,
    boolean readOnly) {
  public StagedOptions {
    keepDirectories = List.copyOf(keepDirectories);
  }
}
