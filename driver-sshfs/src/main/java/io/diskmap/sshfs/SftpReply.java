package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One reply of the server. For one thread, which reads it once. */
final class SftpReply {
  private final int type;
  private final ByteBuffer body;

  /** A reply of a type with what follows its number. */
  SftpReply(int type, ByteBuffer body) {
    this.type = type;
    this.body = body;
  }

  int type() {
    return type;
  }

  /** The code of a status; {@link Sftp#OK} for any other reply. */
  int status() {
    return type == Sftp.STATUS ? body.getInt(0) : Sftp.OK;
  }

  boolean isOk() {
    return status() == Sftp.OK;
  }

  /** This reply, where it is no failure. */
  SftpReply orThrow() throws StorageException {
    if (!isOk()) {
      throw SshfsErrors.ofStatus(this);
    }
    return this;
  }

  /** The server's own words about a status; empty where it has none. */
  String message() {
    try {
      ByteBuffer words = body.duplicate();
      words.position(4);
      byte[] text = new byte[Math.min(200, words.getInt())];
      words.get(text);
      return new String(text, StandardCharsets.UTF_8);
    } catch (BufferUnderflowException | NegativeArraySizeException | IllegalArgumentException e) {
      return "";
    }
  }

  byte[] handle() throws StorageException {
    return expect(Sftp.HANDLE).text();
  }

  FileAttributes attributes() throws StorageException {
    return FileAttributes.read(expect(Sftp.ATTRS));
  }

  /** The content of a read. */
  ByteBuffer data() throws StorageException {
    expect(Sftp.DATA);
    int length = number();
    if (length < 0 || length > body.remaining()) {
      throw garbled(null);
    }
    return body.slice(body.position(), length);
  }

  /** This reply, where it has the type; a status that is no failure does not stand for it. */
  SftpReply expect(int expected) throws StorageException {
    orThrow();
    if (type != expected) {
      throw garbled(null);
    }
    return this;
  }

  int number() throws StorageException {
    try {
      return body.getInt();
    } catch (BufferUnderflowException e) {
      throw garbled(e);
    }
  }

  long number64() throws StorageException {
    try {
      return body.getLong();
    } catch (BufferUnderflowException e) {
      throw garbled(e);
    }
  }

  byte[] text() throws StorageException {
    int length = number();
    if (length < 0 || length > body.remaining()) {
      throw garbled(null);
    }
    byte[] bytes = new byte[length];
    body.get(bytes);
    return bytes;
  }

  boolean hasMore() {
    return body.hasRemaining();
  }

  private static StorageException garbled(@org.jspecify.annotations.Nullable RuntimeException why) {
    return StorageException.of(
        ErrorKind.UNKNOWN,
        "The server sent what SFTP version 3 does not allow; check that the port is an SFTP server.",
        why == null ? null : new IOException(why));
  }
}
