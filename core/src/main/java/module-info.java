/** One Storage API over every kind of disk: the public API and the SPI of drivers. */
module io.diskmap.core {
  requires transitive org.jspecify;
  requires org.slf4j;
  requires com.fasterxml.jackson.core;
  requires com.github.benmanes.caffeine;

  exports io.diskmap;
  exports io.diskmap.spi;
  exports io.diskmap.spi.piece;
  exports io.diskmap.spi.record;
  exports io.diskmap.spi.staged;
  exports io.diskmap.spi.tree;

  uses io.diskmap.spi.AuditStoreFactory;
  uses io.diskmap.spi.StorageDriverFactory;

  provides io.diskmap.spi.StorageDriverFactory with
      io.diskmap.internal.memory.MemoryDriverFactory;
}
