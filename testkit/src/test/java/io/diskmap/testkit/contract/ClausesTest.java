package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClausesTest {
  private static final List<Class<?>> CONTRACTS =
      List.of(
          StorageContract.class,
          ReadOnlyContract.class,
          DirectoryContract.class,
          SwapContract.class,
          ProcessContract.class,
          CallKillContract.class,
          NetworkContract.class,
          ServerKillContract.class);

  @Test
  void every_clause_has_a_test() {
    Map<String, List<String>> tests = Clauses.index(CONTRACTS.stream());
    assertThat(tests).containsOnlyKeys(Clauses.ALL);
  }

  @Test
  void every_test_carries_a_clause_of_the_list() {
    for (Method test : tests()) {
      assertThat(Clauses.of(test)).as(test.getName()).isNotEmpty();
      assertThat(Clauses.of(test).stream().map(Clauses::id).toList())
          .as(test.getName())
          .isSubsetOf(Clauses.ALL);
    }
  }

  @Test
  void a_test_is_named_as_a_sentence_and_never_twice() {
    assertThat(tests())
        .extracting(Method::getName)
        .allMatch(name -> name.matches("[a-z0-9]+(_[a-z0-9]+){2,}"))
        .doesNotHaveDuplicates();
  }

  private static List<Method> tests() {
    return CONTRACTS.stream()
        .flatMap(contract -> Stream.of(contract.getMethods()))
        .filter(method -> method.isAnnotationPresent(Test.class))
        .distinct()
        .toList();
  }

  @Test
  void a_deviation_that_the_contract_does_not_name_is_refused() {
    Deviation own = new Deviation("S1", "too hard", disk -> {});
    assertThatThrownBy(() -> own.requireAllowed("memory")).isInstanceOf(AssertionError.class);
    new Deviation("S6:name", "none", disk -> {}).requireAllowed("memory");
  }
}
