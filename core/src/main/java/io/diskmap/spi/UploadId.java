package io.diskmap.spi;

/**
 * The id of an unfinished save, which finds it again from any process.
 *
 * <p>Immutable.
 *
 * @param value 16 to 1024 of {@code A-Z a-z 0-9 . _ -}; for most drivers the write id
 */
public record UploadId(String value) {
  public UploadId {
    if (!value.matches("[A-Za-z0-9._-]{16,1024}")) {
      throw new IllegalArgumentException("an upload id is 16 to 1024 of A-Z a-z 0-9 . _ -");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
