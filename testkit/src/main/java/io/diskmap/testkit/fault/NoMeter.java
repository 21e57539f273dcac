package io.diskmap.testkit.fault;

import java.nio.ByteBuffer;

/** The meter of a proxy that nobody asked to measure. For any thread. */
enum NoMeter implements FlightMeter, FlightMeter.Flight {
  NONE;

  @Override
  public long current() {
    return 0;
  }

  @Override
  public long peak() {
    return 0;
  }

  @Override
  public Flight connected() {
    return this;
  }

  @Override
  public void entered(Direction direction, ByteBuffer data) {}

  @Override
  public void left(Direction direction, ByteBuffer data) {}

  @Override
  public void closed() {}
}
