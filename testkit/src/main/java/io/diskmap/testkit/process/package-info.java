/**
 * Real processes for tests: servers, tools, child JVMs that can be killed, and the system's own
 * means to make calls fail.
 *
 * <p>Whatever is started here is ended at the latest when this JVM exits in an orderly way.
 */
@NullMarked
package io.diskmap.testkit.process;

import org.jspecify.annotations.NullMarked;
