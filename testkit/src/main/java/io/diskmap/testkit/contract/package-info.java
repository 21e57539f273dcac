/**
 * The contract of every driver as tests: topics with one test for each promise, run by a driver's
 * test class over a {@link io.diskmap.testkit.contract.DriverHarness}.
 *
 * <p>A driver's test class implements {@link io.diskmap.testkit.contract.StorageContract} and
 * whichever further contracts its kind of store has: {@link
 * io.diskmap.testkit.contract.DirectoryContract} where the files lie in a directory that the tests
 * can see, {@link io.diskmap.testkit.contract.ProcessContract} where other processes reach the
 * store, and {@link io.diskmap.testkit.contract.NetworkContract} where it is a peer on the network.
 * {@link io.diskmap.testkit.contract.ReadOnlyContract} is a contract of its own for disks that can
 * only be read.
 */
@NullMarked
package io.diskmap.testkit.contract;

import org.jspecify.annotations.NullMarked;
