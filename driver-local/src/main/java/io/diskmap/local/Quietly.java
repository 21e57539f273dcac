package io.diskmap.local;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends of resources whose failure changes nothing for the caller. Stateless. */
final class Quietly {
  /** A clean-up. */
  @FunctionalInterface
  interface Cleanup {
    void run() throws IOException;
  }

  private Quietly() {}

  /** Closes what was only read, or was forced before. */
  static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log().debug("closing a file failed", e);
    }
  }

  /**
   * Runs a clean-up whose failure the sweep makes up for, to its end also where the thread is
   * interrupted; whether it succeeded.
   */
  static boolean run(Cleanup cleanup) {
    boolean interrupted = Thread.interrupted();
    try {
      cleanup.run();
      return true;
    } catch (IOException e) {
      log().debug("a clean-up is left to the sweep", e);
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Made when there is something to say: a logging system takes part of every start's time. */
  private static Logger log() {
    return LoggerFactory.getLogger(Quietly.class);
  }
}
