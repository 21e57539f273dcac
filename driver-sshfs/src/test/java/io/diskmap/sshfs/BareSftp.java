package io.diskmap.sshfs;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemConfigurator;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Makes SFTP sessions of version 3 that announce no extension and do none. Thread-safe.
 *
 * <p>The library counts its open files for the next handle, so that after a failed open two files
 * can have one; handles are unique here.
 */
final class BareSftp extends SftpSubsystemFactory {
  @Override
  public Command createSubsystem(ChannelSession channel) {
    return new Session(channel, this);
  }

  private static final class Session extends SftpSubsystem {
    private long opened;

    Session(ChannelSession channel, SftpSubsystemConfigurator settings) {
      super(channel, settings);
    }

    @Override
    protected String generateFileHandle(Path file) {
      return "%08x".formatted(++opened);
    }

    @Override
    protected void appendExtensions(Buffer version, String supported) {}

    @Override
    protected void executeExtendedCommand(Buffer request, int id, String extension)
        throws IOException {
      doUnsupportedExtension(request, id, extension);
    }
  }
}
