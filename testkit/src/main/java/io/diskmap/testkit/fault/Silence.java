package io.diskmap.testkit.fault;

import java.time.Duration;

/** The order to swallow what comes in a direction and to end the connection once it is quiet. */
record Silence(Ending ending, Duration quiet, Trip trip) {
  Silence {
    if (quiet.toMillis() < 1) {
      throw new IllegalArgumentException("the quiet time must be at least 1 ms: " + quiet);
    }
  }
}
