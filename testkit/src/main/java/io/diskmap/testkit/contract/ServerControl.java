package io.diskmap.testkit.contract;

import java.util.List;

/** The hold on the server behind a disk. For one thread at a time. */
public interface ServerControl {
  /** Ends the server at once, as a crash does. */
  void kill() throws Exception;

  /**
   * Starts it again at the same address, over the same files, in a process that can be killed, and
   * waits until it answers.
   */
  void start() throws Exception;

  /**
   * Starts it again for looks that nothing interrupts, in any process, and waits until it answers.
   */
  default void recover() throws Exception {
    start();
  }

  /**
   * Starts it again behind a command such as strace, and waits until it answers.
   *
   * @param prefix the command that runs the server
   */
  default void startBehind(List<String> prefix) throws Exception {
    throw new AssertionError("This server cannot be started behind a command.");
  }
}
