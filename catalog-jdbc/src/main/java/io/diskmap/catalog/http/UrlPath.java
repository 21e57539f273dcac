package io.diskmap.catalog.http;

import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Query;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a URL path below a base, each decoded once. Stateless. A segment that would hold
 * a slash after that is refused, so that no two readers see two different paths.
 */
final class UrlPath {
  private UrlPath() {}

  static List<String> below(String base, String rawPath) throws MalformedException {
    String rest = rawPath.substring(base.length());
    List<String> segments = new ArrayList<>();
    if (rest.isEmpty() || rest.equals("/")) {
      return segments;
    }
    for (String raw : rest.substring(1).split("/", -1)) {
      String plus = raw.replace("+", "%2B");
      String segment = Query.parse("s=" + plus.replace("&", "%26")).get("s").orElse("");
      if (segment.isEmpty() || segment.indexOf('/') >= 0) {
        throw new MalformedException("the path has an empty segment, or an escaped slash");
      }
      segments.add(segment);
    }
    return segments;
  }
}
