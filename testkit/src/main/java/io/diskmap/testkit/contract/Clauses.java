package io.diskmap.testkit.contract;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of the contract's clauses, and which tests carry them. Stateless. */
public final class Clauses {
  /** Every clause id, in the order of the contract. */
  public static final List<String> ALL =
      List.of(
          "P1", "P2", "P3", "P4", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "R1",
          "R2", "R3", "R4", "R5", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "D1", "D2", "D3", "D4",
          "D5", "D6", "D7", "D8", "M1", "M2", "M3", "C1", "C2", "E1", "E2", "E3", "E4", "Z1", "Z2");

  /** The contracts that a driver's test class must implement, by the driver's name. */
  private static final Map<String, Set<Class<?>>> REQUIRED =
      Map.of(
          "memory", Set.of(StorageContract.class),
          "local",
              Set.of(
                  StorageContract.class,
                  DirectoryContract.class,
                  SwapContract.class,
                  ProcessContract.class,
                  CallKillContract.class),
          "remote-http",
              Set.of(
                  StorageContract.class,
                  DirectoryContract.class,
                  SwapContract.class,
                  ProcessContract.class,
                  NetworkContract.class,
                  ServerKillContract.class));

  private Clauses() {}

  /** The id without its aspect. */
  public static String id(String clause) {
    int colon = clause.indexOf(':');
    return colon < 0 ? clause : clause.substring(0, colon);
  }

  /** The clauses of a test, aspects included. */
  public static List<String> of(Method test) {
    Clause clause = test.getAnnotation(Clause.class);
    return clause == null ? List.of() : List.of(clause.value());
  }

  /** The names of the tests of these contracts, by clause id. */
  public static Map<String, List<String>> index(Stream<Class<?>> contracts) {
    Map<String, List<String>> tests = new TreeMap<>();
    contracts
        .flatMap(contract -> Stream.of(contract.getMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .distinct()
        .forEach(
            test ->
                of(test).stream()
                    .map(Clauses::id)
                    .distinct()
                    .forEach(
                        id ->
                            tests.computeIfAbsent(id, i -> new ArrayList<>()).add(test.getName())));
    return tests;
  }

  /** What a driver's test class lacks, as a sentence. */
  static Optional<String> problemWith(Class<?> testClass, String driver) {
    Set<Class<?>> required =
        REQUIRED.getOrDefault(
            driver, Set.of(StorageContract.class, ProcessContract.class, NetworkContract.class));
    return required.stream()
        .filter(contract -> !contract.isAssignableFrom(testClass))
        .map(
            contract ->
                testClass.getSimpleName() + " must implement " + contract.getSimpleName() + '.')
        .findFirst();
  }
}
