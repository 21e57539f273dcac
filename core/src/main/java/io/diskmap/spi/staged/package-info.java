/**
 * Saves over a file server that has directories, exclusive creation and rename: what the SFTP, NFS
 * and SMB drivers share.
 *
 * <p>A driver implements {@link io.diskmap.spi.staged.RemoteStore} and {@link
 * io.diskmap.spi.staged.RemoteFile}; {@link io.diskmap.spi.staged.StagedSaves} gives staging,
 * records that outlive the process, publishing in one step, sidecars and the sweep.
 */
@NullMarked
package io.diskmap.spi.staged;

import org.jspecify.annotations.NullMarked;
