/** Remote GPU workers: the same work over any disk, or over the two calls for remote workers. */
@NullMarked
package io.diskmap.examples.gpu;

import org.jspecify.annotations.NullMarked;
