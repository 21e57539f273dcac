package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.junit.jupiter.api.Test;

class StreamContentTest {
  private static final byte[] BYTES = {1, 2, 3, 4, 5, 6, 7};

  @Test
  void a_stream_fills_direct_buffers_and_arrays_alike() throws Exception {
    try (ReadableByteChannel channel =
        Content.of(new ByteArrayInputStream(BYTES), BYTES.length).open()) {
      assertThat(filled(channel, ByteBuffer.allocateDirect(4))).containsExactly(1, 2, 3, 4);
      assertThat(filled(channel, ByteBuffer.allocate(8))).containsExactly(5, 6, 7);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void a_stream_that_is_a_channel_too_is_read_as_one_and_left_open() throws Exception {
    ChannelStream both = new ChannelStream();
    try (ReadableByteChannel channel = Content.of(both, BYTES.length).open()) {
      assertThat(filled(channel, ByteBuffer.allocateDirect(4))).containsExactly(1, 2, 3, 4);
      assertThat(filled(channel, ByteBuffer.allocate(8))).containsExactly(5, 6, 7);
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    assertThat(both.open).isTrue();
  }

  /** What the buffer holds once it is full or the channel has ended. */
  private static byte[] filled(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    int count = 0;
    while (target.hasRemaining() && count >= 0) {
      count = channel.read(target);
    }
    byte[] got = new byte[target.flip().remaining()];
    target.get(got);
    return got;
  }

  /** A stream that refuses to be read as a stream. */
  private static final class ChannelStream extends FilterInputStream
      implements ReadableByteChannel {
    private final ByteBuffer left = ByteBuffer.wrap(BYTES);
    private boolean open = true;

    ChannelStream() {
      super(InputStream.nullInputStream());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      throw new IOException("read as a stream");
    }

    @Override
    public int read(ByteBuffer target) {
      if (!left.hasRemaining()) {
        return -1;
      }
      int count = Math.min(2, Math.min(left.remaining(), target.remaining()));
      target.put(left.slice(left.position(), count));
      left.position(left.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void close() {
      open = false;
    }
  }
}
