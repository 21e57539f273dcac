package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameSyncsTest {
  private static final int SAVERS = 6;

  @TempDir Path temp;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Semaphore mayEnd = new Semaphore(0);
  private final AtomicInteger begun = new AtomicInteger();
  private final List<Thread> savers = new CopyOnWriteArrayList<>();
  private volatile boolean failing;

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** A directory whose syncs end when the test lets them. */
  private Dir held(Dir real) {
    return (Dir)
        Proxy.newProxyInstance(
            Dir.class.getClassLoader(),
            new Class<?>[] {Dir.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("sync")) {
                begun.incrementAndGet();
                mayEnd.acquire();
                if (failing) {
                  throw new IOException("Input/output error");
                }
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private List<Future<?>> beginAll(NameSyncs syncs, Dir dir) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < SAVERS; i++) {
      all.add(
          threads.submit(
              () -> {
                savers.add(Thread.currentThread());
                syncs.sync(dir);
                return null;
              }));
    }
    return all;
  }

  private boolean allWait() {
    return savers.stream().allMatch(saver -> saver.getState() == Thread.State.WAITING);
  }

  @Test
  void those_who_come_while_one_runs_share_the_next() throws Exception {
    NameSyncs syncs = new NameSyncs();
    try (Dir real = RootDir.open(temp.toRealPath())) {
      Dir dir = held(real);
      Future<?> first =
          threads.submit(
              () -> {
                syncs.sync(dir);
                return null;
              });
      Eventually.holds("one runs", () -> begun.get() == 1);
      List<Future<?>> others = beginAll(syncs, dir);
      Eventually.holds("all wait", () -> savers.size() == SAVERS && allWait());
      assertThat(begun).hasValue(1);
      mayEnd.release();
      first.get();
      Eventually.holds("the next runs", () -> begun.get() == 2);
      assertThat(others).noneMatch(Future::isDone);
      mayEnd.release(SAVERS);
      for (Future<?> each : others) {
        each.get();
      }
      assertThat(begun.get()).isBetween(2, 3);
    }
  }

  @Test
  void a_failure_is_told_to_everybody() throws Exception {
    failing = true;
    mayEnd.release(SAVERS);
    NameSyncs syncs = new NameSyncs();
    try (Dir real = RootDir.open(temp.toRealPath())) {
      for (Future<?> each : beginAll(syncs, held(real))) {
        assertThatThrownBy(each::get)
            .isInstanceOf(ExecutionException.class)
            .hasMessageContaining("Input/output error");
      }
      assertThat(begun).hasValue(SAVERS);
    }
  }
}
