package io.diskmap.spi;

import io.diskmap.ServerRole;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * What the core gives a driver for one disk.
 *
 * <p>Immutable.
 *
 * @param disk the disk's name in the disk map
 * @param role the role of this process
 * @param clock for ages that concern this process only; a file's age is by the store's clock
 * @param chunks the memory for transfers
 * @param workers threads for the driver's own parallel work; never closed by the driver
 * @param timeout how long one exchange with the store may take
 * @param stallTimeout how long a transfer may stand still
 * @param readOnly whether the disk refuses changes, so that nothing is probed by writing
 */
public record DriverContext(
    String disk,
    ServerRole role,
    Clock clock,
    ChunkPool chunks,
    ExecutorService workers,
    Duration timeout,
    Duration stallTimeout,
    boolean readOnly) {}
