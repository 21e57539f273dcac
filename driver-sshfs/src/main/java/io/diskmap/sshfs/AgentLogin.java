package io.diskmap.sshfs;

import java.io.IOException;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.Message;
import net.schmizz.sshj.common.SSHPacket;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.method.AbstractAuthMethod;

/**
 * The log-in with one key of an agent: asks whether the server takes the key, and only then has the
 * agent sign. For one thread and one log-in.
 */
final class AgentLogin extends AbstractAuthMethod {
  private final SshAgent agent;
  private final SshAgent.Identity identity;

  AgentLogin(SshAgent agent, SshAgent.Identity identity) {
    super("publickey");
    this.agent = agent;
    this.identity = identity;
  }

  private SSHPacket request(boolean signed) throws UserAuthException {
    return super.buildReq()
        .putBoolean(signed)
        .putString(identity.algorithm())
        .putString(identity.blob());
  }

  @Override
  protected SSHPacket buildReq() throws UserAuthException {
    return request(false);
  }

  @Override
  public void handle(Message message, SSHPacket packet)
      throws UserAuthException, TransportException {
    if (message != Message.USERAUTH_60) {
      super.handle(message, packet);
      return;
    }
    SSHPacket request = request(true);
    byte[] data =
        new Buffer.PlainBuffer()
            .putString(params.getTransport().getSessionID())
            .putBuffer(request)
            .getCompactData();
    try {
      request.putString(agent.sign(identity, data));
    } catch (IOException e) {
      throw new UserAuthException("The SSH agent does not sign.", e);
    }
    params.getTransport().write(request);
  }
}
