package io.diskmap.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a moment: a day or an instant in UTC, or a duration before now. Stateless. */
final class Moment implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    try {
      if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      if (text.contains("T")) {
        return Instant.parse(text.endsWith("Z") ? text : text + "Z");
      }
      return Instant.now().minus(new Age().convert(text));
    } catch (DateTimeException | TypeConversionException e) {
      throw new TypeConversionException(
          "'" + text + "' is no time; write 2026-03-01, 2026-03-01T10:00:00Z or 4h");
    }
  }
}
