/**
 * The contract that every driver holds, as tests, with what it takes to run a store and to break it
 * on purpose.
 */
module io.diskmap.testkit {
  requires transitive io.diskmap.core;
  requires transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires com.fasterxml.jackson.core;
  requires org.assertj.core;

  exports io.diskmap.testkit.contract;
  exports io.diskmap.testkit.data;
  exports io.diskmap.testkit.fault;
  exports io.diskmap.testkit.invariant;
  exports io.diskmap.testkit.process;
  exports io.diskmap.testkit.server;

  opens io.diskmap.testkit.contract to
      org.junit.platform.commons;
}
