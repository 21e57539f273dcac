/**
 * The way of a call from {@link io.diskmap.Storage} to a driver, once for all drivers.
 *
 * <p>Outside in: audit, listener, policy (scope, read-only), pump (length and checksums), retry,
 * deadline and stall, driver. {@link io.diskmap.internal.pipeline.DiskStorage} is the entrance.
 */
@NullMarked
package io.diskmap.internal.pipeline;

import org.jspecify.annotations.NullMarked;
