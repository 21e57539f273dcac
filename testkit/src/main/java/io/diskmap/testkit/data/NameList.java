package io.diskmap.testkit.data;

import java.util.ArrayList;
import java.util.List;

/** A list of names under construction. For one thread. */
final class NameList {
  private final List<Name> names = new ArrayList<>();

  NameList add(String label, String path) {
    names.add(new Name(label, path));
    return this;
  }

  List<Name> done() {
    return List.copyOf(names);
  }
}
