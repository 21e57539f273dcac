package io.diskmap.http.protocol;

import java.util.Optional;
import java.util.Set;

/** The ten calls of the internal storage API, each with its URL path and the methods it takes. */
public enum Endpoint {
  UPLOAD("upload", "POST", "PUT"),
  UPLOAD_CHUNKED("upload_chunked", "POST", "PUT", "GET", "DELETE"),
  DOWNLOAD("download", "GET", "HEAD", "POST"),
  DELETE("delete", "POST", "DELETE"),
  DELETE_PREFIX("delete_prefix", "POST"),
  LIST("list", "GET"),
  EXISTS("exists", "GET"),
  METADATA("metadata", "GET"),
  CLEANUP("cleanup", "POST"),
  HEALTH("health", "GET", "HEAD");

  /** The URL path under which all calls live; the storage path travels in the query. */
  public static final String BASE = "/internal/storage/";

  private final String path;
  private final Set<String> methods;

  Endpoint(String name, String... methods) {
    this.path = BASE + name;
    this.methods = Set.of(methods);
  }

  /** The absolute URL path of this call. */
  public String path() {
    return path;
  }

  /** Whether this call is made with the given method, in upper case. */
  public boolean takes(String method) {
    return methods.contains(method);
  }

  /** The value of the {@code Allow} header. */
  public String allow() {
    return String.join(", ", methods.stream().sorted().toList());
  }

  /** The call at exactly this raw URL path; no decoding and no normalising takes place. */
  public static Optional<Endpoint> at(String rawPath) {
    for (Endpoint endpoint : values()) {
      if (endpoint.path.equals(rawPath)) {
        return Optional.of(endpoint);
      }
    }
    return Optional.empty();
  }
}
