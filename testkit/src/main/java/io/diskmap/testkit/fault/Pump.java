package io.diskmap.testkit.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one connection: a reading thread that applies faults and puts parcels on the
 * line, and a writing thread that delivers them when they are due. The two run methods belong to
 * those threads; the rest is for any thread.
 *
 * <p>Faults that concern bytes act where bytes enter (observers, triggers, swallow, cut), faults
 * that concern time act on the line (delay) or on both ends of it (stall). So an end of connection
 * caused by a cut travels behind the bytes that were allowed to pass, and arrives after them.
 */
final class Pump {
  private final ProxiedConnection connection;
  private final Direction direction;
  private final Lane lane;
  private final FlightMeter.Flight flight;
  private final Socket from;
  private final Socket to;
  private final Gate gate = new Gate();
  private final DueQueue line = new DueQueue();
  private final Map<Trigger, Integer> matching = new IdentityHashMap<>();
  private volatile @Nullable ByteBudget budget;
  private volatile @Nullable Silence silence;
  private volatile boolean discarding;
  private boolean finished;

  Pump(
      ProxiedConnection connection,
      Direction direction,
      Lane lane,
      FlightMeter.Flight flight,
      Socket from,
      Socket to) {
    this.connection = connection;
    this.direction = direction;
    this.lane = lane;
    this.flight = flight;
    this.from = from;
    this.to = to;
  }

  void stall() {
    gate.shut();
  }

  void thaw() {
    gate.open();
  }

  void cut(@Nullable ByteBudget newBudget) {
    budget = newBudget;
  }

  void swallow(Silence order) {
    silence = order;
  }

  void halfClose() {
    discarding = true;
    line.add(new Parcel.HalfClose(due()));
  }

  /** Reads until the sender ends, the connection ends, or a fault ends it. */
  void runInput() throws IOException, InterruptedException {
    InputStream in = from.getInputStream();
    byte[] block = new byte[64 * 1024];
    while (!finished) {
      int count;
      try {
        count = in.read(block, 0, lane.shape.blockSize());
      } catch (SocketTimeoutException quiet) {
        endSilence();
        return;
      }
      lane.gate.pass();
      gate.pass();
      if (count < 0) {
        inputEnded();
        return;
      }
      lane.pacer.pace(count, lane.shape.bytesPerSecond());
      accept(block, count);
    }
  }

  /** Delivers parcels until one of them is an end. */
  void runOutput() throws IOException, InterruptedException {
    OutputStream out = to.getOutputStream();
    while (true) {
      Parcel parcel = line.take();
      lane.gate.pass();
      gate.pass();
      if (parcel instanceof Parcel.Bytes bytes) {
        lane.bytesOut.addAndGet(bytes.size());
        flight.left(direction, ByteBuffer.wrap(bytes.data()).asReadOnlyBuffer());
        out.write(bytes.data());
      } else if (parcel instanceof Parcel.End end) {
        connection.end(end.ending());
        end.after().run();
        return;
      } else {
        to.shutdownOutput();
        connection.directionEnded();
        return;
      }
    }
  }

  private void inputEnded() {
    if (silence != null) {
      endSilence();
    } else if (!discarding) {
      line.add(new Parcel.HalfClose(due()));
    }
  }

  private void accept(byte[] block, int count) throws IOException, InterruptedException {
    lane.bytesIn.addAndGet(count);
    flight.entered(direction, ByteBuffer.wrap(block, 0, count).asReadOnlyBuffer());
    for (DataObserver observer : lane.observers) {
      observer.data(connection, ByteBuffer.wrap(block, 0, count).slice().asReadOnlyBuffer());
    }
    forward(block, fireTriggers(block, count), count);
  }

  /** Passes on all that precedes the last byte of the last match; answers where that byte is. */
  private int fireTriggers(byte[] block, int count) throws IOException, InterruptedException {
    if (lane.triggers.isEmpty()) {
      return 0;
    }
    int start = 0;
    for (int i = 0; i < count; i++) {
      for (Trigger trigger : lane.triggers) {
        int state = trigger.pattern().next(matching.getOrDefault(trigger, 0), block[i]);
        matching.put(trigger, state);
        if (trigger.pattern().complete(state) && trigger.matched()) {
          forward(block, start, i);
          start = i;
          lane.triggers.remove(trigger);
          matching.remove(trigger);
          connection.act(() -> trigger.fire(connection));
        }
      }
    }
    return start;
  }

  private void forward(byte[] block, int start, int end) throws IOException, InterruptedException {
    if (start == end || finished || discarding || connection.ended()) {
      return;
    }
    Silence order = silence;
    if (order != null) {
      from.setSoTimeout((int) order.quiet().toMillis());
      return;
    }
    int allowed = end - start;
    ByteBudget cut = null;
    for (ByteBudget candidate : new @Nullable ByteBudget[] {budget, lane.nextCut.get()}) {
      if (candidate != null && cut == null) {
        ByteBudget.Grant grant = candidate.claim(allowed);
        allowed = grant.bytes();
        cut = grant.cut() ? candidate : null;
      }
    }
    if (allowed > 0) {
      byte[] data = Arrays.copyOfRange(block, start, start + allowed);
      line.put(new Parcel.Bytes(data, due()), lane.shape.queued());
    }
    if (cut != null) {
      lane.nextCut.compareAndSet(cut, null);
      finish(cut.ending(), cut.trip());
    }
  }

  private void endSilence() {
    Silence order = silence;
    if (order != null) {
      finish(order.ending(), order.trip());
    }
  }

  private void finish(Ending ending, Trip trip) {
    finished = true;
    line.add(new Parcel.End(ending, trip::fire, due()));
  }

  private long due() {
    return System.nanoTime() + lane.shape.delay().toNanos();
  }
}
