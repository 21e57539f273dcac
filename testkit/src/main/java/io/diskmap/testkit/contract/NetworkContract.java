package io.diskmap.testkit.contract;

/** Disks whose store is a peer on the network. */
public interface NetworkContract extends StorageContract {}
