package io.diskmap.testkit.contract;

/** The hold on the server behind a disk. For one thread at a time. */
public interface ServerControl {
  /** Ends the server at once, as a crash does. */
  void kill() throws Exception;

  /** Starts it again at the same address, over the same files, and waits until it answers. */
  void start() throws Exception;
}
