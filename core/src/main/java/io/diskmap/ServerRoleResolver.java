package io.diskmap;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides the role of this process. Any thread may call it.
 *
 * <p>There is no role by default: a public server that fell back to local files would keep files
 * that it must not hold.
 */
public final class ServerRoleResolver {
  private ServerRoleResolver() {}

  /**
   * The role that {@code SERVER_ROLE} names in this process' environment.
   *
   * @throws DiskMapException if it is not set or names no role
   */
  public static ServerRole resolve() {
    return resolve(System::getenv);
  }

  /**
   * The role that {@code SERVER_ROLE} names in an environment.
   *
   * @throws DiskMapException if it is not set or names no role
   */
  public static ServerRole resolve(Function<String, @Nullable String> environment) {
    return ServerRole.fromText(environment.apply("SERVER_ROLE"));
  }
}
