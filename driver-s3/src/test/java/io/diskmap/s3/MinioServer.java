package io.diskmap.s3;

import java.net.URI;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.utility.DockerImageName;

/** MinIO in a container. For any thread. */
final class MinioServer implements S3Server {
  private static final String LAST = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

  private final MinIOContainer container;

  private MinioServer(MinIOContainer container) {
    this.container = container;
  }

  static MinioServer start(String image) {
    DockerImageName name =
        DockerImageName.parse(image.equals("default") ? LAST : image)
            .asCompatibleSubstituteFor("minio/minio");
    MinIOContainer container = new MinIOContainer(name);
    container.start();
    return new MinioServer(container);
  }

  @Override
  public String name() {
    return "minio";
  }

  @Override
  public String version() {
    return container.getDockerImageName();
  }

  @Override
  public URI endpoint() {
    return URI.create(container.getS3URL());
  }

  @Override
  public String accessKey() {
    return container.getUserName();
  }

  @Override
  public String secretKey() {
    return container.getPassword();
  }

  @Override
  public void close() {
    container.close();
  }
}
