package io.diskmap;

/** What a process is in a deployment. */
public enum ServerRole {
  /** A public server: every disk is remote, no file is written. */
  WEB,
  /** The server that holds the disks. */
  SERVICES,
  /** A test: disks in memory or in a temporary directory. */
  TESTING,
  /** A worker: the drivers as mapped. */
  WORKER
}
