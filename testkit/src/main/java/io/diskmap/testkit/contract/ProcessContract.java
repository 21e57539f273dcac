package io.diskmap.testkit.contract;

/** Disks that several processes reach. */
public interface ProcessContract extends StorageContract {}
