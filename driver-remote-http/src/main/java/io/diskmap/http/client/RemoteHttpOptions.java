package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.Loopback;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a remote-http disk is opened with. Immutable.
 *
 * @param url the services server, without a trailing slash
 * @param apiKey the key, read again after the server refuses it
 * @param disk the disk's name on the server
 * @param authorities the only authorities whose certificates are trusted, empty for the JDK's
 * @param connectTimeout how long a connection may take to be made
 * @param timeout how long one exchange that moves no file may take
 * @param stallTimeout how long a transfer may stand still
 * @param parallel how many chunks of one save are under way at once
 * @param chunkBytes the chunk size that is proposed to the server
 * @param putBytes contents up to this size go in one request
 * @param retries how often an exchange is tried at most
 */
record RemoteHttpOptions(
    String url,
    Secret apiKey,
    String disk,
    Optional<Path> authorities,
    Duration connectTimeout,
    Duration timeout,
    Duration stallTimeout,
    int parallel,
    int chunkBytes,
    int putBytes,
    int retries) {
  static final OptionTable TABLE =
      OptionTable.of(
              Option.url("url").required().help("The services server, such as https://host:8001."),
              Option.secret("api_key").required().help("The key that opens the services server."),
              Option.text("disk").help("The disk's name on the server; this disk's without it."),
              Option.path("ca_file")
                  .help(
                      "A PEM file of the only authorities whose certificates are trusted; without"
                          + " it those of the JDK."),
              Option.duration("connect_timeout")
                  .defaultTo("5s")
                  .between("10ms", "5m")
                  .help("How long a connection may take to be made."),
              Option.integer("parallel")
                  .defaultTo(8)
                  .between(1, 64)
                  .unit("requests")
                  .help("How many chunks of one save are under way at once."),
              Option.size("chunk_size")
                  .defaultTo("4MiB")
                  .between("64KiB", "8MiB")
                  .help("The chunk size that is proposed; the server's answer binds."),
              Option.size("chunk_threshold")
                  .defaultTo("10MiB")
                  .between("0", "64MiB")
                  .help("Contents up to this size are sent in one request, larger ones in chunks."))
          .and(CommonOptions.TABLE);

  /** The checked options of a disk; plain HTTP beyond this machine must be allowed. */
  static RemoteHttpOptions from(DriverContext context, OptionValues values)
      throws StorageException {
    URI url = values.url("url");
    CommonOptions common = CommonOptions.of(values);
    boolean plain = url.getScheme().equalsIgnoreCase("http");
    if (plain && !common.allowPlaintext() && !Loopback.names(url.getHost())) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The url is plain HTTP to another machine, where files and key could be read on the way;"
              + " use https, or set allow_plaintext where the network is private.");
    }
    String text = url.toString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return new RemoteHttpOptions(
        text,
        values.secret("api_key"),
        values.optionalText("disk").orElse(context.disk()),
        values.optionalPath("ca_file"),
        values.duration("connect_timeout"),
        context.timeout(),
        context.stallTimeout(),
        values.intValue("parallel"),
        (int) values.size("chunk_size"),
        (int) values.size("chunk_threshold"),
        common.retries());
  }

  /** The address of a call. */
  String address(Endpoint endpoint) {
    return url + endpoint.path();
  }
}
