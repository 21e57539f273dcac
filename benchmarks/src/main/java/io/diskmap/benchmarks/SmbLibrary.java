package io.diskmap.benchmarks;

import com.hierynomus.msdtyp.AccessMask;
import com.hierynomus.mssmb2.SMB2CreateDisposition;
import com.hierynomus.mssmb2.SMB2ShareAccess;
import com.hierynomus.smbj.SMBClient;
import com.hierynomus.smbj.auth.AuthenticationContext;
import com.hierynomus.smbj.connection.Connection;
import com.hierynomus.smbj.session.Session;
import com.hierynomus.smbj.share.DiskShare;
import com.hierynomus.smbj.share.File;
import io.diskmap.testkit.server.SambaServer;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import jcifs.CIFSContext;
import jcifs.config.PropertyConfiguration;
import jcifs.context.BaseContext;
import jcifs.smb.NtlmPasswordAuthenticator;
import jcifs.smb.SmbFile;

/** Another Java library as its users call it: by its streams. Thread-safe, logged in. */
interface SmbLibrary extends AutoCloseable {
  InputStream read(String path) throws IOException;

  OutputStream write(String path) throws IOException;

  void makeDirectory(String path) throws IOException;

  @Override
  void close() throws IOException;

  /** smbj as it comes, which signs by BouncyCastle. */
  static SmbLibrary smbj(int port) throws IOException {
    SMBClient client = new SMBClient();
    Connection connection = client.connect("127.0.0.1", port);
    Session session =
        connection.authenticate(
            new AuthenticationContext(
                SambaServer.user(), SambaServer.PASSWORD.toCharArray(), null));
    DiskShare share = (DiskShare) session.connectShare(SambaServer.SHARE);
    return new Smbj(client, share);
  }

  /** jcifs-ng as it comes, except that it signs as everybody else here does. */
  static SmbLibrary jcifs(int port) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("jcifs.smb.client.minVersion", "SMB311");
    properties.setProperty("jcifs.smb.client.maxVersion", "SMB311");
    properties.setProperty("jcifs.smb.client.signingEnforced", "true");
    properties.setProperty("jcifs.smb.client.dfs.disabled", "true");
    CIFSContext context =
        new BaseContext(new PropertyConfiguration(properties))
            .withCredentials(
                new NtlmPasswordAuthenticator("", SambaServer.user(), SambaServer.PASSWORD));
    return new Jcifs(context, "smb://127.0.0.1:" + port + "/" + SambaServer.SHARE + "/");
  }

  /** smbj's. */
  record Smbj(SMBClient client, DiskShare share) implements SmbLibrary {
    private File open(String path, AccessMask access, SMB2CreateDisposition disposition) {
      Set<AccessMask> accesses = EnumSet.of(access);
      return share.openFile(
          path.replace('/', '\\'), accesses, null, SMB2ShareAccess.ALL, disposition, null);
    }

    @Override
    public InputStream read(String path) {
      File file = open(path, AccessMask.GENERIC_READ, SMB2CreateDisposition.FILE_OPEN);
      return new FilterInputStream(file.getInputStream()) {
        @Override
        public void close() throws IOException {
          super.close();
          file.close();
        }
      };
    }

    @Override
    public OutputStream write(String path) {
      File file = open(path, AccessMask.GENERIC_WRITE, SMB2CreateDisposition.FILE_OVERWRITE_IF);
      return new FilterOutputStream(file.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          super.close();
          file.close();
        }
      };
    }

    @Override
    public void makeDirectory(String path) {
      share.mkdir(path.replace('/', '\\'));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** jcifs-ng's. */
  record Jcifs(CIFSContext context, String root) implements SmbLibrary {
    @Override
    public InputStream read(String path) throws IOException {
      SmbFile file = new SmbFile(root + path, context);
      return new FilterInputStream(file.getInputStream()) {
        @Override
        public void close() throws IOException {
          super.close();
          file.close();
        }
      };
    }

    @Override
    public OutputStream write(String path) throws IOException {
      SmbFile file = new SmbFile(root + path, context);
      return new FilterOutputStream(file.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
          super.close();
          file.close();
        }
      };
    }

    @Override
    public void makeDirectory(String path) throws IOException {
      try (SmbFile directory = new SmbFile(root + path + "/", context)) {
        directory.mkdir();
      }
    }

    @Override
    public void close() throws IOException {
      context.close();
    }
  }
}
