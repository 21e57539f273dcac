package io.diskmap;

import io.diskmap.internal.pipeline.ActiveCalls;
import io.diskmap.spi.ChunkPool;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ExecutorService;

/**
 * What all disks of one manager share.
 *
 * <p>Immutable; thread-safe.
 *
 * @param role of this process
 * @param clock for records and ages
 * @param chunks the memory for transfers
 * @param calls the calls under way
 * @param workers threads for parallel work
 * @param audit where records go
 * @param requireUser whether a call that names no user is refused
 * @param listener who hears of operations
 * @param cleanup the rules of clean-up by their disks
 */
record ManagerParts(
    ServerRole role,
    Clock clock,
    ChunkPool chunks,
    ActiveCalls calls,
    ExecutorService workers,
    AuditSink audit,
    boolean requireUser,
    StorageListener listener,
    Map<String, CleanupSection.Rule> cleanup) {}
