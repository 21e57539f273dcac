/** Checks that a test has left nothing behind, and the wait for a condition they rest on. */
@NullMarked
package io.diskmap.testkit.invariant;

import org.jspecify.annotations.NullMarked;
