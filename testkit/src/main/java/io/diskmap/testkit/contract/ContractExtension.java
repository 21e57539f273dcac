package io.diskmap.testkit.contract;

import io.diskmap.testkit.invariant.Eventually;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives each test of a contract its {@link TestDisk}, puts the proof of a deviation in the place of
 * the tests of its clause, and requires after each test that nothing is left behind.
 *
 * <p>Registered by {@link StorageContract} and {@link ReadOnlyContract}; one instance serves a test
 * class in one thread.
 */
final class ContractExtension
    implements BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        InvocationInterceptor,
        TestWatcher {
  private static final Namespace NAMESPACE = Namespace.create(ContractExtension.class);

  /** Long enough for what is tidied up in the background on a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private record Running(TestDisk disk, Footprint before) {}

  /** The harness and the results of one test class. */
  private record ClassRun(DriverHarness harness, ContractResults results) implements AutoCloseable {
    @Override
    public void close() throws Exception {
      harness.close();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    DriverHarness harness = classRun(context).harness();
    Footprint before = Footprint.now(harness);
    store(context).put(Running.class, new Running(new TestDisk(harness), before));
  }

  private static ClassRun classRun(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    return classStore(context)
        .computeIfAbsent(
            ClassRun.class,
            key -> {
              DriverHarness harness =
                  ((HarnessedContract) context.getRequiredTestInstance()).harness();
              Optional.of(testClass)
                  .filter(StorageContract.class::isAssignableFrom)
                  .flatMap(whole -> Clauses.problemWith(whole, harness.driver()))
                  .ifPresent(
                      problem -> {
                        throw new AssertionError(problem);
                      });
              harness.deviations().forEach(d -> d.requireAllowed(harness.driver()));
              return new ClassRun(harness, new ContractResults(harness, testClass));
            },
            ClassRun.class);
  }

  private static Store classStore(ExtensionContext context) {
    ExtensionContext owner = context;
    while (owner.getTestMethod().isPresent()) {
      owner = owner.getParent().orElseThrow();
    }
    return owner.getStore(NAMESPACE);
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  private static @Nullable Running running(ExtensionContext context) {
    return store(context).get(Running.class, Running.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestDisk.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Objects.requireNonNull(running(context)).disk();
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> invoked,
      ExtensionContext context)
      throws Throwable {
    Optional<Deviation> deviation = deviation(context, invoked.getExecutable());
    if (deviation.isEmpty()) {
      invocation.proceed();
      return;
    }
    invocation.skip();
    deviation.get().proof().check(Objects.requireNonNull(running(context)).disk());
  }

  private static Optional<Deviation> deviation(ExtensionContext context, Method test) {
    List<String> clauses = Clauses.of(test);
    return classRun(context).harness().deviations().stream()
        .filter(d -> clauses.contains(d.clause()))
        .findFirst();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Running running = running(context);
    if (running == null) {
      return;
    }
    TestDisk disk = running.disk();
    try {
      if (context.getExecutionException().isEmpty()) {
        requireIdle(disk);
      }
    } finally {
      disk.closeManagers();
      disk.removeFiles();
    }
    if (context.getExecutionException().isEmpty()) {
      running.before().requireNothingNew();
    }
  }

  private static void requireIdle(TestDisk disk) throws Exception {
    Eventually.holds("all transfer memory is back", () -> disk.manager().bufferedBytes() == 0);
    Eventually.holds("all calls have ended", () -> disk.manager().activeCalls() == 0);
    if (!Eventually.within(PATIENCE, () -> disk.staged().isEmpty())) {
      throw new AssertionError("The test left staged: " + disk.staged());
    }
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    Method test = context.getRequiredTestMethod();
    classRun(context).results().succeeded(test, deviation(context, test));
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    classRun(context).results().failed(context.getRequiredTestMethod());
  }

  @Override
  public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
    classRun(context).results().skipped(context.getRequiredTestMethod());
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    context.getTestMethod().ifPresent(test -> classRun(context).results().skipped(test));
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    ClassRun run = classStore(context).get(ClassRun.class, ClassRun.class);
    if (run != null && run.harness().isReported()) {
      run.results().write();
    }
  }
}
