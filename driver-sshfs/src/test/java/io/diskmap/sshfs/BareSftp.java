package io.diskmap.sshfs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.io.IoUtils;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemConfigurator;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Makes SFTP sessions of version 3 that announce no extension and do none. Thread-safe.
 *
 * <p>The library counts its open files for the next handle, so that after a failed open two files
 * can have one; handles are unique here. It also asks the system several times for each name of a
 * listing, and for the names of users; here once, for what a listing needs.
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
    protected NavigableMap<String, Object> resolveReportedFileAttributes(
        Path file, int flags, LinkOption... options) throws IOException {
      PosixFileAttributes told = attributes(file, options);
      NavigableMap<String, Object> attributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      attributes.put(IoUtils.REGFILE_VIEW_ATTR, told.isRegularFile());
      attributes.put(IoUtils.DIRECTORY_VIEW_ATTR, told.isDirectory());
      attributes.put(IoUtils.SYMLINK_VIEW_ATTR, told.isSymbolicLink());
      attributes.put(IoUtils.OTHERFILE_VIEW_ATTR, told.isOther());
      attributes.put(IoUtils.PERMISSIONS_VIEW_ATTR, told.permissions());
      attributes.put(IoUtils.SIZE_VIEW_ATTR, told.size());
      attributes.put(IoUtils.LASTMOD_TIME_VIEW_ATTR, told.lastModifiedTime());
      attributes.put(IoUtils.LASTACC_TIME_VIEW_ATTR, told.lastAccessTime());
      return attributes;
    }

    /** As the original has it, a path below a file is not there. */
    private static PosixFileAttributes attributes(Path file, LinkOption... options)
        throws IOException {
      try {
        return Files.readAttributes(file, PosixFileAttributes.class, options);
      } catch (NoSuchFileException e) {
        throw e;
      } catch (FileSystemException e) {
        if (Files.exists(file, options)) {
          throw e;
        }
        throw new NoSuchFileException(file.toString());
      }
    }

    @Override
    protected String getLongName(Path file, String name, Map<String, ?> attributes) {
      return name;
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
