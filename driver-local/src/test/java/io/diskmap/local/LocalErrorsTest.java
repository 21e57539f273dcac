package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "No space left on device, NO_SPACE",
    "Disk quota exceeded, QUOTA_EXCEEDED",
    "Permission denied, PERMISSION_DENIED",
    "Operation not permitted, PERMISSION_DENIED",
    "Read-only file system, READ_ONLY",
    "Stale file handle, UNAVAILABLE",
    "Stale NFS file handle, UNAVAILABLE",
    "File name too long, PATH_INVALID",
    "Too many open files, UNAVAILABLE",
    "Input/output error, UNAVAILABLE",
    "Not a directory, PATH_CONFLICT",
    "Is a directory, PATH_CONFLICT",
    "File too large, TOO_LARGE",
    "Device or resource busy, BUSY",
    "Host is down, UNAVAILABLE",
    "Connection timed out, TIMEOUT",
    "Too many levels of symbolic links, PERMISSION_DENIED",
    "Structure needs cleaning, UNAVAILABLE",
    "Level 3 halted, UNKNOWN"
  })
  void the_systems_words_become_kinds(String text, ErrorKind kind) {
    assertThat(LocalErrors.of(new IOException(text)).kind()).isEqualTo(kind);
    FileSystemException typed = new FileSystemException("secret/path", null, text);
    assertThat(LocalErrors.of(typed).kind()).isEqualTo(kind);
    assertThat(LocalErrors.of(typed).sentence()).doesNotContain("secret/path");
  }

  @Test
  void javas_own_types_become_kinds() {
    assertThat(LocalErrors.of(new NoSuchFileException("f")).kind()).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(LocalErrors.of(new AccessDeniedException("f")).kind())
        .isEqualTo(ErrorKind.PERMISSION_DENIED);
    assertThat(LocalErrors.of(new NotDirectoryException("f")).kind())
        .isEqualTo(ErrorKind.PATH_CONFLICT);
    assertThat(LocalErrors.of(new ClosedByInterruptException()).kind())
        .isEqualTo(ErrorKind.CANCELLED);
    assertThat(LocalErrors.of(new ClosedChannelException()).kind()).isEqualTo(ErrorKind.CLOSED);
    assertThat(LocalErrors.of(new LinkRefusedException("f")).kind())
        .isEqualTo(ErrorKind.PERMISSION_DENIED);
  }
}
