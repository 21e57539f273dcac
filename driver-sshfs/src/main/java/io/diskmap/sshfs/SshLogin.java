package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.method.AuthKeyboardInteractive;
import net.schmizz.sshj.userauth.method.AuthMethod;
import net.schmizz.sshj.userauth.method.AuthPassword;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import net.schmizz.sshj.userauth.method.PasswordResponseProvider;
import net.schmizz.sshj.userauth.password.PasswordFinder;
import net.schmizz.sshj.userauth.password.PasswordUtils;
import org.jspecify.annotations.Nullable;

/**
 * What one connection logs in with: the key of the file, the keys of the agent, the password, in
 * this order.
 *
 * <p>For one thread and one log-in. Secrets are read each time, so a changed one counts for the
 * next connection.
 */
final class SshLogin implements AutoCloseable {
  /** Servers end a connection after six attempts by default; the password needs two. */
  private static final int AGENT_KEYS = 4;

  private final SSHClient client;
  private final SshfsOptions options;
  private @Nullable SshAgent agent;

  SshLogin(SSHClient client, SshfsOptions options) {
    this.client = client;
    this.options = options;
  }

  void run() throws IOException {
    List<AuthMethod> methods = new ArrayList<>();
    if (options.identityFile().isPresent()) {
      methods.add(key(options.identityFile().get().toString()));
    }
    Optional<Path> socket = options.agentSocket();
    if (socket.isPresent()) {
      methods.addAll(agentKeys(socket.get()));
    }
    if (options.password().isPresent()) {
      String password = options.password().get().reveal();
      methods.add(new AuthPassword(finder(password)));
      methods.add(new AuthKeyboardInteractive(new PasswordResponseProvider(finder(password))));
    }
    if (methods.isEmpty()) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "There is nothing to log in with; set the option identity_file or password, or have an"
              + " SSH agent with a key.");
    }
    client.auth(options.username(), methods);
  }

  private AuthMethod key(String file) throws StorageException {
    try {
      Optional<Secret> passphrase = options.passphrase();
      KeyProvider key =
          passphrase.isPresent()
              ? client.loadKeys(file, finder(passphrase.get().reveal()))
              : client.loadKeys(file);
      key.getPrivate();
      return new AuthPublickey(key);
    } catch (IOException | RuntimeException e) {
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The private key of the option identity_file cannot be read; check the file and the"
              + " option passphrase.",
          e);
    }
  }

  private List<AuthMethod> agentKeys(Path socket) throws StorageException {
    List<AuthMethod> methods = new ArrayList<>();
    try {
      SshAgent reached = SshAgent.connect(socket, options.connectTimeout());
      agent = reached;
      for (SshAgent.Identity identity : reached.identities()) {
        if (methods.size() < AGENT_KEYS) {
          methods.add(new AgentLogin(reached, identity));
        }
      }
      return methods;
    } catch (IOException | RuntimeException e) {
      if (options.isAgentOptional()) {
        return List.of();
      }
      throw StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The SSH agent of the option agent does not answer; check that it runs and that the"
              + " option names its socket.",
          e);
    }
  }

  private static PasswordFinder finder(String secret) {
    return PasswordUtils.createOneOff(secret.toCharArray());
  }

  @Override
  public void close() throws IOException {
    if (agent != null) {
      agent.close();
    }
  }
}
