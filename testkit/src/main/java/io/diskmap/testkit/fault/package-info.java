/**
 * A TCP proxy inside the test's own JVM that breaks a connection on purpose, and meters that count
 * what is under way on it.
 *
 * <p>Start at {@link io.diskmap.testkit.fault.FaultProxy}. Faults work on bytes and connections, so
 * they fit any protocol over TCP, encrypted or not; only the pattern triggers and the HTTP meter
 * need to see plain bytes.
 */
@NullMarked
package io.diskmap.testkit.fault;

import org.jspecify.annotations.NullMarked;
