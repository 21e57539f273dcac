package io.diskmap.testkit.contract;

/** Disks whose files lie in a directory that the tests can see. */
public interface DirectoryContract extends StorageContract {}
