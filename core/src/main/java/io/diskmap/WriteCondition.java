package io.diskmap;

import java.util.Objects;
import java.util.Optional;

/**
 * What must hold at the moment a save is published.
 *
 * <p>Immutable.
 *
 * @param kind which condition
 * @param tag the version that {@link Kind#IF_MATCH} asks for
 */
public record WriteCondition(Kind kind, Optional<VersionTag> tag) {
  /** The kinds of condition. */
  public enum Kind {
    /** None: an existing file is replaced. */
    NONE,
    /** The file must not exist; else ALREADY_EXISTS. */
    IF_ABSENT,
    /** The file must have this strong version tag; else PRECONDITION_FAILED. */
    IF_MATCH
  }

  private static final WriteCondition NONE = new WriteCondition(Kind.NONE, Optional.empty());
  private static final WriteCondition IF_ABSENT =
      new WriteCondition(Kind.IF_ABSENT, Optional.empty());

  public WriteCondition {
    Objects.requireNonNull(kind, "kind");
    if ((kind == Kind.IF_MATCH) != tag.isPresent()) {
      throw new IllegalArgumentException("IF_MATCH has a version tag, the others have none");
    }
  }

  /** No condition. */
  public static WriteCondition none() {
    return NONE;
  }

  /** Only where no file exists. */
  public static WriteCondition ifAbsent() {
    return IF_ABSENT;
  }

  /** Only where the file has this version. */
  public static WriteCondition ifMatch(VersionTag tag) {
    return new WriteCondition(Kind.IF_MATCH, Optional.of(tag));
  }
}
