package io.diskmap.spi;

import io.diskmap.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The checked values of one disk's options. Immutable; any thread may use it. */
public interface OptionValues {
  String text(String name);

  Optional<String> optionalText(String name);

  long integer(String name);

  boolean flag(String name);

  Duration duration(String name);

  long size(String name);

  String choice(String name);

  Path path(String name);

  URI url(String name);

  List<String> list(String name);

  OptionValues object(String name);

  Secret secret(String name);
}
