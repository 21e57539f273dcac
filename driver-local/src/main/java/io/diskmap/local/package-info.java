/**
 * The driver {@code local}: a directory of this machine, or of a file server that the system
 * mounts.
 *
 * <p>Only {@link io.diskmap.local.LocalDriverFactory} is public. Every name is resolved step by
 * step from an open handle of the root, so that no link leads out of it.
 */
@NullMarked
package io.diskmap.local;

import org.jspecify.annotations.NullMarked;
