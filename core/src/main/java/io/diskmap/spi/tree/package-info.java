/**
 * Ordered listings over stores that have directories: what the local, SFTP, NFS and SMB drivers
 * share.
 *
 * <p>A driver implements {@link io.diskmap.spi.tree.DirectoryLister} for one directory; {@link
 * io.diskmap.spi.tree.TreeCursor} gives the whole tree in the order of clause L2 within bounded
 * memory.
 */
@NullMarked
package io.diskmap.spi.tree;

import org.jspecify.annotations.NullMarked;
