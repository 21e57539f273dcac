package io.diskmap.internal.pipeline;

import io.diskmap.AuditSink;
import io.diskmap.StorageListener;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageDriver;
import java.time.Clock;
import java.util.concurrent.ExecutorService;

/**
 * One open disk: its driver and what all its views share.
 *
 * <p>Immutable; thread-safe.
 *
 * @param settings the common options
 * @param driver the driver, with retries around it
 * @param chunks the memory for transfers
 * @param calls the calls under way in this manager
 * @param audit where records go
 * @param listener who hears of operations
 * @param clock for records
 * @param threads for transfers of trees
 */
public record Disk(
    DiskSettings settings,
    StorageDriver driver,
    ChunkPool chunks,
    ActiveCalls calls,
    AuditSink audit,
    StorageListener listener,
    Clock clock,
    ExecutorService threads) {}
