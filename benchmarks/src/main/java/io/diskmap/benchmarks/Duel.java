package io.diskmap.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * One task done by Diskmap and by a peer, in turn. For one thread.
 *
 * @param task what is done
 * @param peer who else does it
 * @param target the ratio of speeds that is wanted: the peer's time divided by ours
 * @param ours does it once with Diskmap
 * @param theirs does it once with the peer
 * @param reset undoes it, outside the measured time
 */
record Duel(String task, String peer, double target, Step ours, Step theirs, Step reset) {
  /** One thing to do. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;

    /** Runs it and answers how long it took, or the part of that time that counts. */
    default double seconds() throws Exception {
      long start = System.nanoTime();
      run();
      return (System.nanoTime() - start) / 1e9;
    }

    /** The same step of a program that has to start and log in first, which does not count. */
    default Step without(Step start) {
      Step whole = this;
      return new Step() {
        @Override
        public void run() throws Exception {
          whole.run();
        }

        @Override
        public double seconds() throws Exception {
          double beginning = start.seconds();
          return Math.max(0.001, whole.seconds() - beginning);
        }
      };
    }
  }

  /**
   * What came of a duel.
   *
   * @param duel which
   * @param ourSeconds the median of our times
   * @param theirSeconds the median of the peer's times
   * @param ratio the median of the rounds' ratios
   * @param lowest the lowest ratio of a round
   * @param highest the highest ratio of a round
   */
  record Outcome(
      Duel duel,
      double ourSeconds,
      double theirSeconds,
      double ratio,
      double lowest,
      double highest) {
    boolean reached() {
      return ratio >= duel.target();
    }
  }

  /** Warms both up, then runs the rounds with the order of the two alternating. */
  Outcome fight(int warmUps, int rounds) throws Exception {
    for (int i = 0; i < warmUps; i++) {
      seconds(ours);
      seconds(theirs);
    }
    List<Double> mine = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      boolean first = round % 2 == 0;
      double a = seconds(first ? ours : theirs);
      double b = seconds(first ? theirs : ours);
      mine.add(first ? a : b);
      others.add(first ? b : a);
      ratios.add(others.get(round) / mine.get(round));
    }
    ratios.sort(Double::compare);
    return new Outcome(
        this,
        median(mine),
        median(others),
        median(ratios),
        ratios.get(0),
        ratios.get(ratios.size() - 1));
  }

  private double seconds(Step step) throws Exception {
    reset.run();
    return step.seconds();
  }

  static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(Double::compare);
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
