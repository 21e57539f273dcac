package io.diskmap.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * One task done by Diskmap and by a peer, in turn. For one thread.
 *
 * @param task what is done
 * @param peer who else does it
 * @param target the ratio of speeds that is wanted: the peer's time divided by ours
 * @param times how many rounds to do for each that is asked for, where rounds are short and differ
 *     much
 * @param ours does it once with Diskmap
 * @param theirs does it once with the peer
 * @param reset undoes it, outside the measured time
 */
record Duel(
    String task, String peer, double target, int times, Step ours, Step theirs, Step reset) {
  Duel(String task, String peer, double target, Step ours, Step theirs, Step reset) {
    this(task, peer, target, 1, ours, theirs, reset);
  }

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
   * @param task what was done
   * @param peer who else did it
   * @param target the ratio that is wanted
   * @param ours our time in each round, in seconds
   * @param theirs the peer's, round by round
   */
  record Outcome(String task, String peer, double target, List<Double> ours, List<Double> theirs) {
    Outcome {
      ours = List.copyOf(ours);
      theirs = List.copyOf(theirs);
      if (ours.isEmpty() || ours.size() != theirs.size()) {
        throw new IllegalArgumentException("rounds are missing");
      }
    }

    double ourSeconds() {
      return median(ours);
    }

    double theirSeconds() {
      return median(theirs);
    }

    /** The rounds' ratios, sorted: the peer's time divided by ours. */
    List<Double> ratios() {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < ours.size(); i++) {
        ratios.add(theirs.get(i) / ours.get(i));
      }
      ratios.sort(Double::compare);
      return ratios;
    }

    double ratio() {
      return median(ratios());
    }

    boolean reached() {
      return ratio() >= target;
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
    for (int round = 0; round < rounds * times; round++) {
      boolean first = round % 2 == 0;
      double a = seconds(first ? ours : theirs);
      double b = seconds(first ? theirs : ours);
      mine.add(first ? a : b);
      others.add(first ? b : a);
    }
    return new Outcome(task, peer, target, mine, others);
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
