package io.diskmap.spi;

/** The types that an option of a driver can have. */
public enum OptionType {
  /** Any text. */
  TEXT("a text", "\"text\""),
  /** A whole number. */
  INTEGER("a whole number", "22"),
  /** {@code true} or {@code false}. */
  BOOLEAN("true or false", "true"),
  /** A duration with its unit: ms, s, m, h or d. */
  DURATION("a duration with its unit", "\"30s\""),
  /** A number of bytes, plain or with a unit such as KiB, MiB, MB or GiB. */
  SIZE("a size in bytes or with a unit", "\"8MiB\""),
  /** One of a few words. */
  CHOICE("one of a few words", "\"word\""),
  /** A path of this machine; a leading {@code ~/} stands for the home directory. */
  PATH("a path", "\"/srv/data\""),
  /** An absolute http or https URL without user, query and fragment. */
  URL("an http or https URL", "\"https://host:8001\""),
  /** A list of texts. */
  TEXT_LIST("a list of texts", "[\"one\", \"two\"]"),
  /** The permission bits of a file, in octal digits. */
  MODE("permission bits in octal digits", "\"0640\""),
  /** A nested table of options. */
  OBJECT("an object", "{ \"key\": \"value\" }");

  private final String description;
  private final String example;

  OptionType(String description, String example) {
    this.description = description;
    this.example = example;
  }

  /** The type in words, with its article. */
  public String description() {
    return description;
  }

  /** A value of the type, as JSON. */
  public String example() {
    return example;
  }
}
