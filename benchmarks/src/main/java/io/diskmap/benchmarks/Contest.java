package io.diskmap.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * One task done by Diskmap and by several peers, in turn: what Diskmap took in a round counts
 * against each of them. For one thread.
 *
 * @param task what is done
 * @param warmUps how many runs before the rounds
 * @param ours does it once with Diskmap
 * @param rivals who else does it
 * @param reset undoes it, outside the measured time
 */
record Contest(String task, int warmUps, Duel.Step ours, List<Rival> rivals, Duel.Step reset) {
  Contest {
    rivals = List.copyOf(rivals);
  }

  /**
   * A peer.
   *
   * @param name what the tables call it
   * @param target the ratio of speeds that is wanted: the peer's time divided by ours
   * @param step does it once
   */
  record Rival(String name, double target, Duel.Step step) {}

  /** The same beside one more. */
  Contest with(Rival more) {
    List<Rival> all = new ArrayList<>(rivals);
    all.add(more);
    return new Contest(task, warmUps, ours, all, reset);
  }

  /** The same beside some. */
  Contest among(List<Rival> chosen) {
    return new Contest(task, warmUps, ours, chosen, reset);
  }

  /** Warms all up, then runs the rounds, each of which another one begins. */
  List<Duel.Outcome> fight(int warmUpsAtMost, int rounds) throws Exception {
    List<Duel.Step> steps = new ArrayList<>(List.of(ours));
    rivals.forEach(rival -> steps.add(rival.step));
    for (int i = 0; i < Math.min(warmUps, warmUpsAtMost); i++) {
      for (Duel.Step step : steps) {
        seconds(step);
      }
    }
    List<List<Double>> times = new ArrayList<>();
    steps.forEach(step -> times.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < steps.size(); i++) {
        int turn = (round + i) % steps.size();
        times.get(turn).add(seconds(steps.get(turn)));
      }
    }
    List<Duel.Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < rivals.size(); i++) {
      Rival rival = rivals.get(i);
      outcomes.add(
          new Duel.Outcome(task, rival.name, rival.target, times.get(0), times.get(i + 1)));
    }
    return outcomes;
  }

  private double seconds(Duel.Step step) throws Exception {
    reset.run();
    return step.seconds();
  }
}
