package io.diskmap.internal.json;

import java.util.List;

/**
 * A mistake in a JSON text, in words that hold no value of it. Immutable.
 *
 * @param path the keys that lead to the place, outermost first
 * @param position where the mistake is
 * @param message what is wrong and what to do
 */
public record JsonMistake(List<String> path, Position position, String message) {
  public JsonMistake {
    path = List.copyOf(path);
  }
}
