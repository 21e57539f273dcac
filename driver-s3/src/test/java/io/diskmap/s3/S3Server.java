package io.diskmap.s3;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.diskmap.testkit.server.CephRgwServer;
import io.diskmap.testkit.server.S3ProxyServer;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A running S3 server that tests use. Immutable; for any thread.
 *
 * @param name in results
 * @param version of the server
 * @param endpoint where it is
 * @param accessKey that it knows
 * @param secretKey of the key
 * @param process ends it
 */
record S3Server(
    String name,
    String version,
    URI endpoint,
    String accessKey,
    String secretKey,
    AutoCloseable process)
    implements AutoCloseable {
  private static final String LAST_MINIO = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

  /** S3Proxy over memory, without its own names in listings. */
  static S3Server s3proxy() throws IOException, InterruptedException {
    S3ProxyServer server = S3ProxyServer.start(TidyS3Proxy.class);
    return new S3Server(
        "s3proxy",
        "4.1.0 transient-nio2",
        server.endpoint(),
        S3ProxyServer.ACCESS_KEY,
        S3ProxyServer.SECRET_KEY,
        server);
  }

  /** Ceph's object gateway over a cluster of its own. */
  static S3Server rgw() throws IOException, InterruptedException {
    CephRgwServer server = CephRgwServer.start();
    return new S3Server(
        "ceph-rgw",
        CephRgwServer.version(),
        server.endpoint(),
        CephRgwServer.ACCESS_KEY,
        CephRgwServer.SECRET_KEY,
        server);
  }

  /** MinIO in a container. */
  static S3Server minio(String image) {
    DockerImageName name =
        DockerImageName.parse(image.equals("default") ? LAST_MINIO : image)
            .asCompatibleSubstituteFor("minio/minio");
    requireImage(name.asCanonicalNameString());
    MinIOContainer container = new MinIOContainer(name);
    container.start();
    return new S3Server(
        "minio",
        container.getDockerImageName(),
        URI.create(container.getS3URL()),
        container.getUserName(),
        container.getPassword(),
        container);
  }

  /** Fails with what to do where there is no Docker to run a container. */
  static void requireDocker() {
    RuntimeException cause = null;
    try {
      if (DockerClientFactory.instance().isDockerAvailable()) {
        return;
      }
    } catch (RuntimeException e) {
      cause = e;
    }
    throw new IllegalStateException(
        "MinIO was asked for and no Docker daemon answers here: start one that this user may use,"
            + " or run without -Ddiskmap.s3.minio.",
        cause);
  }

  /** Fetches an image that is not here; the container would try for minutes where none can be. */
  private static void requireImage(String image) {
    DockerClient docker = DockerClientFactory.lazyClient();
    try {
      docker.inspectImageCmd(image).exec();
    } catch (NotFoundException absent) {
      pull(docker, image);
    }
  }

  private static void pull(DockerClient docker, String image) {
    try {
      if (docker.pullImageCmd(image).start().awaitCompletion(10, TimeUnit.MINUTES)) {
        return;
      }
      throw new IllegalStateException(noImage(image));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(noImage(image), e);
    } catch (DockerException | DockerClientException e) {
      throw new IllegalStateException(noImage(image), e);
    }
  }

  private static String noImage(String image) {
    return "The image %s is not on this machine and its registry does not give it: name one that"
            .formatted(image)
        + " yours has with -Ddiskmap.s3.minio=IMAGE, or load it with docker load.";
  }

  @Override
  public void close() throws Exception {
    process.close();
  }
}
