package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SftpExtensionsTest {
  private static SftpReply limits(long packet, long read, long write) {
    ByteBuffer body = ByteBuffer.allocate(32);
    body.putLong(packet).putLong(read).putLong(write).putLong(1024).flip();
    return new SftpReply(Sftp.EXTENDED_REPLY, body);
  }

  @Test
  void requests_are_as_large_as_the_server_says_and_no_larger_than_what_one_packet_carries()
      throws Exception {
    SftpExtensions told = SftpExtensions.NONE.withLimits(limits(262_144, 261_120, 65_536));
    assertThat(told.readBytes()).isEqualTo(261_120);
    assertThat(told.writeBytes()).isEqualTo(65_536);
    SftpExtensions more = SftpExtensions.NONE.withLimits(limits(16 << 20, 8 << 20, 8 << 20));
    assertThat(more.readBytes()).isEqualTo(261_120);
    assertThat(more.writeBytes()).isEqualTo(261_120);
  }

  @Test
  void a_server_that_names_no_limit_is_asked_for_what_one_packet_carries() throws Exception {
    SftpExtensions told = SftpExtensions.NONE.withLimits(limits(262_144, 0, 0));
    assertThat(told.readBytes()).isEqualTo(261_120);
    assertThat(told.writeBytes()).isEqualTo(261_120);
  }

  @Test
  void a_server_that_refuses_to_tell_its_limits_is_asked_for_what_every_server_takes()
      throws Exception {
    SftpReply refused = new SftpReply(Sftp.STATUS, ByteBuffer.allocate(12).putInt(0, 8));
    assertThat(SftpExtensions.NONE.withLimits(refused).readBytes()).isEqualTo(32 * 1024);
  }
}
