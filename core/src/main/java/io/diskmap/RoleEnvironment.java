package io.diskmap;

import io.diskmap.DiskMap.Parts;
import io.diskmap.DiskMapException.Problem;
import io.diskmap.spi.Loopback;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of a process say: its role, its workspace disk, and the disk map that holds
 * for that role. Immutable; any thread may use it.
 *
 * <p>The map of role web is made of remote-http disks alone, whatever {@code STORAGE_CONFIG} says.
 *
 * @param role the role
 * @param workspaceDisk the name of the disk that the workspace is
 * @param diskMap the disk map for this role; its own mistakes are for {@link DiskMap#validate}
 */
record RoleEnvironment(ServerRole role, String workspaceDisk, DiskMap diskMap) {
  private static final Pattern DISK_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  /**
   * Reads the variables: {@code SERVER_ROLE}, {@code STORAGE_CONFIG}, {@code
   * WORKSPACE_STORAGE_DISK}, {@code SERVICES_URL}, {@code INTERNAL_API_KEY} or {@code
   * INTERNAL_API_KEY_FILE}, {@code SERVICES_ALLOW_PLAINTEXT}, {@code SERVICES_CA_FILE}, {@code
   * NAS_WORKSPACE_PATH}, {@code AUDIT_STORE} and {@code STORAGE_TESTING_DIR}.
   *
   * @throws DiskMapException if a variable is missing or wrong; it lists them all
   */
  static RoleEnvironment of(Function<String, @Nullable String> environment) {
    return of(environment, ServerRoleResolver.resolve(environment));
  }

  /** As {@link #of(Function)} for a role that is already decided. */
  static RoleEnvironment of(Function<String, @Nullable String> environment, ServerRole role) {
    return of(environment, role, null);
  }

  /**
   * As {@link #of(Function)} for a role that is already decided, and for a map that stands in place
   * of {@code STORAGE_CONFIG} unless it is null.
   */
  static RoleEnvironment of(
      Function<String, @Nullable String> environment, ServerRole role, @Nullable DiskMap own) {
    List<Problem> problems = new ArrayList<>();
    RoleVariables variables = new RoleVariables(environment, problems);
    String workspace = variables.text("WORKSPACE_STORAGE_DISK").orElse("workspace");
    if (!DISK_NAME.matcher(workspace).matches()) {
      variables.problem("WORKSPACE_STORAGE_DISK must be the name of a disk");
    }
    DiskMap given = own == null ? given(variables, environment, problems) : own;
    Set<String> keys = Set.of("api_key", "api_keys");
    DiskMap map =
        given.withResolver(
            RoleDisks.SCHEME, name -> keys.contains(name) ? variables.resolveKey(name) : null);
    RoleDisks disks = new RoleDisks(map.parts(), workspace);
    Parts parts =
        switch (role) {
          case WEB -> web(disks, variables, given);
          case SERVICES -> services(disks, variables);
          case WORKER -> disks.mapped(nas(variables));
          case TESTING -> testing(disks, variables);
        };
    boolean none = parts.disks().isEmpty() && parts.broken().isEmpty();
    if (none && problems.isEmpty() && given.problems().isEmpty()) {
      variables.problem(
          "there is no disk: set STORAGE_CONFIG to a disk map, or NAS_WORKSPACE_PATH to the"
              + " directory above the workspace");
    }
    if (!problems.isEmpty()) {
      problems.addAll(given.problems());
      throw new DiskMapException(problems);
    }
    return new RoleEnvironment(role, workspace, new DiskMap(parts, map.references()));
  }

  private static DiskMap given(
      RoleVariables variables,
      Function<String, @Nullable String> environment,
      List<Problem> problems) {
    DiskMap none = DiskMap.builder().environment(environment).build();
    Optional<String> config = variables.text("STORAGE_CONFIG");
    if (config.isEmpty()) {
      return none;
    }
    try {
      if (config.get().startsWith("{")) {
        return DiskMap.parse(config.get(), environment);
      }
      Optional<Path> file = variables.path("STORAGE_CONFIG");
      return file.isPresent() ? DiskMap.read(file.get(), environment) : none;
    } catch (DiskMapException refused) {
      problems.addAll(refused.problems());
      return none;
    }
  }

  private static Parts web(RoleDisks disks, RoleVariables variables, DiskMap given) {
    if (!variables.hasKey()) {
      variables.problem("INTERNAL_API_KEY required for web server role");
    }
    Optional<URI> url = variables.url("SERVICES_URL");
    if (variables.text("SERVICES_URL").isEmpty()) {
      variables.problem("SERVICES_URL required for web server role");
    }
    boolean allowed = variables.flag("SERVICES_ALLOW_PLAINTEXT");
    Optional<Path> caFile = variables.path("SERVICES_CA_FILE");
    List<String> keys = variables.hasKey() ? variables.checkedKeys() : List.of();
    WebSection section = webSection(variables, given);
    if (url.isEmpty()) {
      return disks.mapped(Optional.empty());
    }
    boolean plaintext = allowed || section.allowPlaintext();
    requireSafe(variables, url.get(), plaintext, keys);
    section
        .disks()
        .forEach(
            name -> {
              if (!disks.knows(name)) {
                variables.problem("web.disks names \"" + name + "\", which is no disk of the map");
              }
            });
    return disks.remote(
        url.get(), section.disks(), caFile.or(section::caFile).map(Path::toString), plaintext);
  }

  private static WebSection webSection(RoleVariables variables, DiskMap given) {
    if (!given.problems().isEmpty()) {
      return WebSection.DEFAULT;
    }
    try {
      return given.web().orElse(WebSection.DEFAULT);
    } catch (DiskMapException refused) {
      variables.add(refused.problems());
      return WebSection.DEFAULT;
    }
  }

  private static void requireSafe(
      RoleVariables variables, URI url, boolean allowed, List<String> keys) {
    boolean loopback = Loopback.names(url.getHost());
    if (!loopback && !allowed && "http".equalsIgnoreCase(url.getScheme())) {
      variables.problem(
          "SERVICES_URL is plain http beyond this machine: use https, or set"
              + " SERVICES_ALLOW_PLAINTEXT=true where the network itself is safe");
    }
    if (!loopback && keys.stream().anyMatch(SectionReader::isExampleKey)) {
      variables.problem(
          "INTERNAL_API_KEY is the key of the examples, which is refused beyond this machine;"
              + " make your own");
    }
  }

  private static Parts services(RoleDisks disks, RoleVariables variables) {
    if (variables.hasKey()) {
      variables.checkedKeys();
    }
    boolean storesAudit = variables.text("AUDIT_STORE").isPresent();
    return disks.serving(nas(variables), variables.hasKey(), storesAudit);
  }

  private static Parts testing(RoleDisks disks, RoleVariables variables) {
    Optional<Path> directory = variables.absolutePath("STORAGE_TESTING_DIR");
    Parts parts = disks.testing(directory);
    if (directory.isPresent()) {
      parts
          .disks()
          .forEach(
              (name, disk) -> {
                if (disk.get("view_of").isEmpty()) {
                  makeDirectory(variables, directory.get().resolve(name));
                }
              });
    }
    return parts;
  }

  private static void makeDirectory(RoleVariables variables, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException failure) {
      variables.problem(
          "STORAGE_TESTING_DIR: "
              + directory
              + " cannot be made ("
              + failure.getClass().getSimpleName()
              + ")");
    }
  }

  private static Optional<Path> nas(RoleVariables variables) {
    return variables.absolutePath("NAS_WORKSPACE_PATH");
  }
}
