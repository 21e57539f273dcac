package io.diskmap.cli;

import java.time.Duration;

/**
 * What one step of the doctor found. Immutable.
 *
 * @param step what was tried
 * @param state how it went
 * @param took how long
 * @param text a plain sentence
 */
record Finding(String step, State state, Duration took, String text) {
  /** How a step went. */
  enum State {
    /** As it should. */
    OK,
    /** It works, and somebody should know this. */
    NOTE,
    /** It was left out. */
    SKIPPED,
    /** It did not work. */
    FAILED
  }

  /** A step that was left out. */
  static Finding skipped(String step, String why) {
    return new Finding(step, State.SKIPPED, Duration.ZERO, why);
  }
}
