/**
 * Disks on SFTP servers.
 *
 * <p>Only {@link io.diskmap.sshfs.SshfsDriverFactory} is public; the service loader makes it.
 */
@NullMarked
package io.diskmap.sshfs;

import org.jspecify.annotations.NullMarked;
