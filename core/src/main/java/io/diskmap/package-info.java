/**
 * The public API of Diskmap: one {@link io.diskmap.Storage} over every kind of disk.
 *
 * <p>Start at {@link io.diskmap.StorageManager}. Every type is safe for use by several threads
 * unless its first paragraph says otherwise.
 */
@NullMarked
package io.diskmap;

import org.jspecify.annotations.NullMarked;
