package io.diskmap.sshfs;

import io.diskmap.spi.staged.StagedSaves;

/**
 * What is known of the server once it was reached: where the root is, and what the server can do.
 *
 * <p>Immutable; its parts are thread-safe.
 */
record Mounted(SshfsStore store, SshfsLinks links, StagedSaves saves, SftpExtensions extensions) {}
