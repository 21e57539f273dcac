package io.diskmap.http.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The value of {@code If-Match} or {@code If-None-Match}: a star, or a list of entity tags.
 * Immutable.
 *
 * @param any whether the value is {@code *}
 * @param tags the listed tags, empty for {@code *}
 */
public record TagCondition(boolean any, List<EntityTag> tags) {
  public TagCondition {
    tags = List.copyOf(tags);
  }

  /** Reads a header value strictly: a stray character refuses the whole condition. */
  public static TagCondition parse(String header) throws MalformedException {
    String value = header.strip();
    if (value.equals("*")) {
      return new TagCondition(true, List.of());
    }
    List<EntityTag> tags = new ArrayList<>();
    int at = 0;
    while (at < value.length()) {
      int open = value.startsWith("W/", at) ? at + 2 : at;
      int close =
          open < value.length() && value.charAt(open) == '"' ? value.indexOf('"', open + 1) : -1;
      Optional<EntityTag> tag =
          close < 0 ? Optional.empty() : EntityTag.parse(value.substring(at, close + 1));
      tags.add(tag.orElseThrow(() -> new MalformedException("a condition is not an entity tag")));
      at = skipBlank(value, close + 1);
      if (at < value.length()) {
        if (value.charAt(at) != ',') {
          throw new MalformedException("entity tags must be separated by commas");
        }
        at = skipBlank(value, at + 1);
        if (at == value.length()) {
          throw new MalformedException("a condition ends in a comma");
        }
      }
    }
    if (tags.isEmpty()) {
      throw new MalformedException("a condition is empty");
    }
    return new TagCondition(false, tags);
  }

  /** {@code If-Match} on a file that exists: a strong comparison. */
  public boolean matchesStrongly(EntityTag current) {
    return any || tags.stream().anyMatch(current::matchesStrongly);
  }

  /** {@code If-None-Match} on a file that exists: a weak comparison. */
  public boolean matchesWeakly(EntityTag current) {
    return any || tags.stream().anyMatch(current::matchesWeakly);
  }

  private static int skipBlank(String value, int from) {
    int at = from;
    while (at < value.length() && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }
}
