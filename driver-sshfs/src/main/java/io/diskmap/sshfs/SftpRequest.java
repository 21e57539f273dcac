package io.diskmap.sshfs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One request as its bytes, which it gathers and then holds. For one thread until it is sent. */
final class SftpRequest {
  /** Where the request's number goes: behind length and type. */
  private static final int ID_AT = 5;

  private byte[] bytes;
  private int end = ID_AT + 4;

  private SftpRequest(int type, int capacity) {
    bytes = new byte[ID_AT + 4 + capacity];
    bytes[4] = (byte) type;
  }

  static SftpRequest of(int type) {
    return new SftpRequest(type, 128);
  }

  /** A request about one path. */
  static SftpRequest of(int type, byte[] path) {
    return of(type).text(path);
  }

  /** A request of an extension. */
  static SftpRequest extended(String name) {
    return of(Sftp.EXTENDED).text(name);
  }

  /** A write of the bytes between position and limit, which are copied; the position stays. */
  static SftpRequest write(byte[] handle, long offset, ByteBuffer data) {
    SftpRequest request = new SftpRequest(Sftp.WRITE, handle.length + 16 + data.remaining());
    request.text(handle).number64(offset).number(data.remaining());
    int length = data.remaining();
    data.get(data.position(), request.bytes, request.end, length);
    request.end += length;
    return request;
  }

  SftpRequest text(byte[] value) {
    number(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, end, value.length);
    end += value.length;
    return this;
  }

  SftpRequest text(String value) {
    return text(value.getBytes(StandardCharsets.UTF_8));
  }

  SftpRequest number(int value) {
    room(4);
    ByteBuffer.wrap(bytes).putInt(end, value);
    end += 4;
    return this;
  }

  SftpRequest number64(long value) {
    room(8);
    ByteBuffer.wrap(bytes).putLong(end, value);
    end += 8;
    return this;
  }

  private void room(int more) {
    if (end + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end + more, bytes.length * 2));
    }
  }

  /** Fills in length and number; the request is whole. */
  void seal(int id) {
    ByteBuffer.wrap(bytes).putInt(0, end - 4).putInt(ID_AT, id);
  }

  int type() {
    return bytes[4];
  }

  /** What follows the request's number. */
  ByteBuffer body() {
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, ID_AT + 4, end));
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return end;
  }
}
