/**
 * Reading a file in pieces ahead of the caller: what the NFS and SMB drivers share.
 *
 * <p>A driver implements {@link io.diskmap.spi.piece.OpenPieces} for one open file; {@link
 * io.diskmap.spi.piece.PieceReader} keeps several pieces under way within bounded memory, and
 * {@link io.diskmap.spi.piece.HeadReader} gives a small file that came with its opening.
 */
@NullMarked
package io.diskmap.spi.piece;

import org.jspecify.annotations.NullMarked;
