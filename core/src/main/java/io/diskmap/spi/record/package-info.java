/**
 * What drivers with files of their own write beside a save: its meaning, its checks and what is
 * kept of the file, in blocks that tell a half-written one.
 */
@NullMarked
package io.diskmap.spi.record;

import org.jspecify.annotations.NullMarked;
