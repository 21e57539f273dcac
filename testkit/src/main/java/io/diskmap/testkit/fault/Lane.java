package io.diskmap.testkit.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What all connections of a proxy share in one direction. For any thread. */
final class Lane {
  final Gate gate = new Gate();
  final Pacer pacer = new Pacer();
  final AtomicLong bytesIn = new AtomicLong();
  final AtomicLong bytesOut = new AtomicLong();
  final List<DataObserver> observers = new CopyOnWriteArrayList<>();
  final List<Trigger> triggers = new CopyOnWriteArrayList<>();
  final AtomicReference<@Nullable ByteBudget> nextCut = new AtomicReference<>();
  volatile Shape shape = Shape.PLAIN;
  volatile @Nullable CutRule eachCut;

  void heal() {
    shape = Shape.PLAIN;
    eachCut = null;
    nextCut.set(null);
    triggers.clear();
    observers.clear();
    gate.open();
  }

  /** The cut that each connection gets. */
  record CutRule(long bytes, Ending ending, Trip trip) {
    ByteBudget budget() {
      return new ByteBudget(bytes, ending, trip);
    }
  }
}
