package io.diskmap.s3;

import java.net.URI;

/** A running S3 server that tests use. Its own methods are for any thread. */
interface S3Server extends AutoCloseable {
  /** The server's name in results. */
  String name();

  /** Its version. */
  String version();

  /** Where it is. */
  URI endpoint();

  /** The access key that it knows. */
  String accessKey();

  /** The secret of the key. */
  String secretKey();

  @Override
  void close() throws Exception;
}
