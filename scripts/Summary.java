import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints what a build tested and says by its exit code whether all of it passed: {@code java
 * Summary.java ROOT}.
 *
 * <p>It reads the surefire reports and the conformance records of every module below ROOT, prints
 * one line per server that the contract ran against, and exits with 1 when a test failed or was
 * skipped, or when none ran. Test classes whose server is not installed are named with what to
 * install; with DISKMAP_CI=1 they run, and fail.
 */
final class Summary {
  private static final boolean CI = "1".equals(System.getenv("DISKMAP_CI"));

  /** How the test kit's {@code NeedsInstalled} begins the reason of tests that it passes over. */
  private static final String NOT_INSTALLED = "not installed here: ";

  private int passed;
  private final List<String> failed = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> notRun = new ArrayList<>();

  public static void main(String[] args) throws IOException, XMLStreamException {
    Path root = Path.of(args.length == 0 ? "." : args[0]);
    Summary summary = new Summary();
    for (Path report : below(root, "surefire-reports*", "TEST-*.xml")) {
      summary.addReport(report);
    }
    summary.requireReports(root);
    List<String[]> rows = new ArrayList<>();
    for (Path record : below(root, "diskmap-conformance", "*.json")) {
      rows.add(summary.row(record));
    }
    System.exit(summary.print(rows) ? 0 : 1);
  }

  /** The files {@code ROOT/<module>/target/<folder>/<file>}, in order. */
  private static List<Path> below(Path root, String folder, String file) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(root, Files::isDirectory)) {
      for (Path module : modules) {
        Path target = module.resolve("target");
        if (!Files.isDirectory(target)) {
          continue;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(target, folder)) {
          for (Path inside : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(inside, file)) {
              files.forEach(found::add);
            }
          }
        }
      }
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** Each test class has a report; one whose process died has none. */
  private void requireReports(Path root) throws IOException {
    try (Stream<Path> files = Files.find(root, 24, (file, is) -> file.toString().endsWith("Test.java"))) {
      for (Path source : files.sorted().toList()) {
        String path = root.relativize(source).toString();
        int classes = path.indexOf("/src/test/java/");
        if (classes < 0 || Files.readString(source).contains("abstract class")) {
          continue;
        }
        Path module = root.resolve(path.substring(0, classes));
        String name = path.substring(classes + "/src/test/java/".length()).replace('/', '.').replaceAll("\\.java$", "");
        if (!Files.exists(module.resolve("target/surefire-reports/TEST-" + name + ".xml"))) {
          failed.add(name + ": it left no report");
        }
      }
    }
  }

  private void addReport(Path report) throws IOException, XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    String test = null;
    boolean bad = false;
    try (InputStream in = Files.newInputStream(report)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      while (xml.hasNext()) {
        int event = xml.next();
        if (event == XMLStreamReader.START_ELEMENT) {
          switch (xml.getLocalName()) {
            case "testcase" -> {
              test =
                  xml.getAttributeValue(null, "classname")
                      + "."
                      + xml.getAttributeValue(null, "name");
              bad = false;
            }
            case "failure", "error" -> {
              if (!bad) {
                failed.add(test);
              }
              bad = true;
            }
            case "skipped" -> {
              String why = xml.getAttributeValue(null, "message");
              if (why != null && why.startsWith(NOT_INSTALLED) && !CI) {
                notRun.add(test.replaceFirst("\\.$", "") + ": " + why);
              } else {
                skipped.add(test);
              }
              bad = true;
            }
            default -> {}
          }
        } else if (event == XMLStreamReader.END_ELEMENT
            && xml.getLocalName().equals("testcase")
            && !bad) {
          passed++;
        }
      }
      xml.close();
    }
  }

  /** A line of the table; tests that the record alone tells of are counted into the totals. */
  private String[] row(Path file) throws IOException {
    Map<?, ?> record;
    try {
      record = (Map<?, ?>) new Json(Files.readString(file)).value();
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IOException(file + " is not a conformance record: " + e.getMessage(), e);
    }
    String server = text(file, record, "server");
    String variant = text(file, record, "variant");
    String module = file.getParent().getParent().getParent().getFileName().toString();
    int skips = count(file, record, "skipped");
    int failures = count(file, record, "failed");
    int runs = count(file, record, "run");
    if (skips > 0 && skipped.isEmpty()) {
      skipped.add("contract tests of " + server + " " + variant);
    }
    if ((failures > 0 || runs == 0) && failed.isEmpty()) {
      failed.add("contract tests of " + server + " " + variant + (runs == 0 ? ": none ran" : ""));
    }
    return new String[] {
      module, server, text(file, record, "version"), variant, "" + runs, "" + skips, "" + failures
    };
  }

  private static String text(Path file, Map<?, ?> record, String key) throws IOException {
    if (record.get(key) instanceof String text) {
      return text;
    }
    throw new IOException(file + " has no text under \"" + key + "\"");
  }

  /** A number, or as many as a list has names. */
  private static int count(Path file, Map<?, ?> record, String key) throws IOException {
    Object value = record.get(key);
    if (value instanceof Number number) {
      return number.intValue();
    }
    if (value instanceof List<?> names) {
      return names.size();
    }
    throw new IOException(file + " has neither a number nor a list under \"" + key + "\"");
  }

  private boolean print(List<String[]> rows) {
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"module", "server", "version", "variant", "run", "skipped", "failed"});
    table.addAll(rows);
    int[] widths = new int[7];
    table.forEach(row -> Arrays.setAll(widths, i -> Math.max(widths[i], row[i].length())));
    System.out.println();
    System.out.println("The contract ran against:");
    for (String[] row : table) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < row.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i < 4 ? row[i] + padding : padding + row[i]).append("  ");
      }
      System.out.println(line.toString().stripTrailing());
    }
    if (rows.isEmpty()) {
      System.out.println("  nothing: no module wrote a conformance record");
    }
    System.out.println();
    notRun.forEach(test -> System.out.println("NOT RUN " + test));
    failed.forEach(test -> System.out.println("FAILED  " + test));
    skipped.forEach(test -> System.out.println("SKIPPED " + test));
    System.out.printf(
        "Tests: %d passed, %d failed, %d skipped%n", passed, failed.size(), skipped.size());
    if (!notRun.isEmpty()) {
      System.out.println(
          notRun.size() + " test classes were not run, for want of what they name above.");
    }
    return failed.isEmpty() && skipped.isEmpty() && passed > 0 && !rows.isEmpty();
  }

  /** Just enough of JSON to read what the test kit writes. */
  private static final class Json {
    private final String text;
    private int at;

    Json(String text) {
      this.text = text;
    }

    Object value() {
      switch (peek()) {
        case '{' -> {
          Map<String, Object> members = new LinkedHashMap<>();
          for (at++; peek() != '}'; skip(',')) {
            String name = string();
            take(':');
            members.put(name, value());
          }
          at++;
          return members;
        }
        case '[' -> {
          List<Object> items = new ArrayList<>();
          for (at++; peek() != ']'; skip(',')) {
            items.add(value());
          }
          at++;
          return items;
        }
        case '"' -> {
          return string();
        }
        default -> {
          int start = at;
          while (at < text.length() && "-+.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
          }
          return Double.valueOf(text.substring(start, at));
        }
      }
    }

    private String string() {
      take('"');
      StringBuilder string = new StringBuilder();
      while (text.charAt(at) != '"') {
        char c = text.charAt(at++);
        if (c == '\\') {
          c = text.charAt(at++);
          if (c == 'u') {
            c = (char) Integer.parseInt(text.substring(at, at + 4), 16);
            at += 4;
          }
        }
        string.append(c);
      }
      at++;
      return string.toString();
    }

    private char peek() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        throw new IllegalArgumentException("it ends too early");
      }
      return text.charAt(at);
    }

    private void take(char expected) {
      if (peek() != expected) {
        throw new IllegalArgumentException("character " + at + " is not " + expected);
      }
      at++;
    }

    private void skip(char separator) {
      if (peek() == separator) {
        at++;
      }
    }
  }
}
