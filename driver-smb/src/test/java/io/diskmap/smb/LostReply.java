package io.diskmap.smb;

import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Loses the reply to a change, whatever it looks like on the line: the first reply after a visible
 * name of the shared directory has come or gone. Stateless.
 */
final class LostReply {
  private LostReply() {}

  static Trip to(Path directory, FaultProxy proxy) {
    Set<String> before = names(directory);
    AtomicBoolean lost = new AtomicBoolean();
    proxy.onData(
        Direction.TO_CLIENT,
        (connection, data) -> {
          if (!lost.get() && !names(directory).equals(before) && lost.compareAndSet(false, true)) {
            connection.reset();
          }
        });
    return Trip.seenBy("the reply to a change of the names was lost", lost::get);
  }

  private static Set<String> names(Path directory) {
    while (true) {
      try (Stream<Path> all = Files.walk(directory)) {
        return all.filter(Files::isRegularFile)
            .map(file -> directory.relativize(file).toString())
            .filter(name -> !name.contains(".diskmap"))
            .collect(Collectors.toSet());
      } catch (UncheckedIOException changing) {
        Thread.onSpinWait();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
