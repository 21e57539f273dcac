/**
 * What a driver implements and what the core gives it.
 *
 * <p>Drivers receive validated paths, bounded buffers and a {@link io.diskmap.spi.Call} that
 * carries deadline and cancellation. They speak their protocol and translate its errors; everything
 * that all drivers share is done once, above them.
 */
@NullMarked
package io.diskmap.spi;

import org.jspecify.annotations.NullMarked;
