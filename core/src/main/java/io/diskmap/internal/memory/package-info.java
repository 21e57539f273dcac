/**
 * The driver {@code memory}: a disk in this process, for tests and as the reference of the
 * contract.
 */
@NullMarked
package io.diskmap.internal.memory;

import org.jspecify.annotations.NullMarked;
