import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the links between the Markdown pages of a clone: {@code java CheckDocs.java ROOT PAGE...}.
 *
 * <p>Every link to a file names one that exists inside ROOT, and every {@code #fragment} a heading of the page it
 * points into. Links to other hosts are left alone. It prints each broken link and exits with 1 when there is one.
 */
final class CheckDocs {
  private static final Pattern LINK = Pattern.compile("\\]\\(\\s*<?([^)\\s>]*)>?(?:\\s+\"[^\"]*\")?\\s*\\)");
  private static final Pattern REFERENCE = Pattern.compile("^ {0,3}\\[[^\\]^]+\\]:\\s+<?([^\\s>]+)>?");
  private static final Pattern HEADING = Pattern.compile("^ {0,3}#{1,6}\\s+(.*?)\\s*#*\\s*$");
  private static final Pattern ANCHOR = Pattern.compile("<a\\s+(?:id|name)=\"([^\"]+)\"");
  private static final Pattern ELSEWHERE = Pattern.compile("^[a-z][a-z0-9+.-]*:.*", Pattern.CASE_INSENSITIVE);

  private final Path root;
  private final Map<Path, Set<String>> fragments = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private CheckDocs(Path root) {
    this.root = root;
  }

  public static void main(String[] args) throws IOException {
    CheckDocs check = new CheckDocs(Path.of(args[0]).toRealPath());
    for (int i = 1; i < args.length; i++) {
      check.page(check.root.resolve(args[i]).normalize());
    }
    check.problems.forEach(System.err::println);
    System.exit(check.problems.isEmpty() ? 0 : 1);
  }

  private void page(Path page) throws IOException {
    List<String> lines = prose(page);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceAll("`[^`]*`", "");
      for (Pattern pattern : List.of(LINK, REFERENCE)) {
        Matcher link = pattern.matcher(line);
        while (link.find()) {
          String problem = problem(page, link.group(1));
          if (problem != null) {
            problems.add(root.relativize(page) + ":" + (i + 1) + ": " + link.group(1) + " " + problem);
          }
        }
      }
    }
  }

  /** What is wrong with a link, or null. */
  private String problem(Path page, String link) throws IOException {
    if (link.isEmpty()) {
      return "points nowhere";
    }
    if (ELSEWHERE.matcher(link).matches() || link.startsWith("//")) {
      return null;
    }
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    String fragment = hash < 0 ? "" : link.substring(hash + 1);
    Path target = page;
    if (!file.isEmpty()) {
      String name = URLDecoder.decode(file.replace("+", "%2B"), StandardCharsets.UTF_8);
      Path from = name.startsWith("/") ? root : page.getParent();
      target = from.resolve(name.startsWith("/") ? name.substring(1) : name).normalize();
      if (!target.startsWith(root)) {
        return "leaves the clone";
      }
      if (!Files.exists(target)) {
        return "does not exist";
      }
    }
    boolean markdown = target.toString().endsWith(".md");
    if (!fragment.isEmpty() && markdown && !fragments(target).contains(fragment)) {
      return "names no heading of " + root.relativize(target);
    }
    return null;
  }

  private Set<String> fragments(Path page) throws IOException {
    Set<String> known = fragments.get(page);
    if (known != null) {
      return known;
    }
    Set<String> found = new HashSet<>();
    for (String line : prose(page)) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        String slug = slug(heading.group(1));
        for (int n = 1; !found.add(slug); n++) {
          slug = slug(heading.group(1)) + "-" + n;
        }
      }
      Matcher anchor = ANCHOR.matcher(line);
      while (anchor.find()) {
        found.add(anchor.group(1));
      }
    }
    fragments.put(page, found);
    return found;
  }

  /** The fragment that a Markdown host gives a heading. */
  private static String slug(String heading) {
    return heading
        .replaceAll("!?\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}\\p{M}_ -]", "")
        .replace(' ', '-');
  }

  /** The lines of a page; those inside fenced code are empty. */
  private static List<String> prose(Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    String fence = null;
    for (String line : Files.readAllLines(page)) {
      String start = line.strip();
      if (fence == null && (start.startsWith("```") || start.startsWith("~~~"))) {
        fence = start.substring(0, 3);
        lines.add("");
      } else if (fence != null) {
        if (start.startsWith(fence)) {
          fence = null;
        }
        lines.add("");
      } else {
        lines.add(line);
      }
    }
    return lines;
  }
}
