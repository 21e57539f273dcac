package io.diskmap.sshfs;

import com.hierynomus.sshj.transport.mac.Macs;
import java.util.ArrayList;
import java.util.List;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.common.Factory;
import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.transport.cipher.Cipher;
import net.schmizz.sshj.transport.compression.DelayedZlibCompression;
import net.schmizz.sshj.transport.compression.NoneCompression;
import net.schmizz.sshj.transport.compression.ZlibCompression;
import net.schmizz.sshj.transport.kex.KeyExchange;

/** The algorithms of a connection. For one thread, before the connection is made. */
final class SshConfig {
  private SshConfig() {}

  /** What the options ask for, on top of the library's key exchanges and signatures. */
  static DefaultConfig of(SshfsOptions options) {
    DefaultConfig config =
        new DefaultConfig() {
          @Override
          public void setLoggerFactory(LoggerFactory ignored) {
            super.setLoggerFactory(SilentLog.FACTORY);
          }

          /** The ciphers come from the options. */
          @Override
          protected void initCipherFactories() {
            List<Factory.Named<Cipher>> ciphers = new ArrayList<>();
            options.ciphers().forEach(name -> JceCiphers.named(name).ifPresent(ciphers::add));
            setCipherFactories(ciphers);
          }

          /**
           * No exchange over groups that the server chooses: the library does not check a host
           * certificate's signature there.
           */
          @Override
          protected void initKeyExchangeFactories() {
            super.initKeyExchangeFactories();
            List<Factory.Named<KeyExchange>> fixed = new ArrayList<>(getKeyExchangeFactories());
            fixed.removeIf(
                exchange ->
                    exchange.getName().contains("group-exchange")
                        || exchange.getName().contains("group1-"));
            setKeyExchangeFactories(fixed);
          }

          @Override
          protected void initMACFactories() {
            setMACFactories(
                List.of(
                    Macs.HMACSHA2256Etm(),
                    Macs.HMACSHA2512Etm(),
                    Macs.HMACSHA2256(),
                    Macs.HMACSHA2512()));
          }
        };
    if (options.compression()) {
      config.setCompressionFactories(
          List.of(
              new DelayedZlibCompression.Factory(),
              new ZlibCompression.Factory(),
              new NoneCompression.Factory()));
    }
    config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
    return config;
  }
}
