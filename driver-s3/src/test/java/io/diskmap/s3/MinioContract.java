package io.diskmap.s3;

import io.diskmap.testkit.contract.DriverHarness;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The contract on MinIO in a container, when asked for with {@code -Dtest=MinioContract
 * -Ddiskmap.s3.minio=IMAGE}; the value {@code default} takes the last image that its makers
 * published.
 */
@EnabledIfSystemProperty(named = "diskmap.s3.minio", matches = ".+")
class MinioContract implements S3ServerContract {
  @BeforeAll
  static void requireDocker() {
    S3Server.requireDocker();
  }

  @Override
  public DriverHarness harness() {
    S3Server server = S3Server.minio(System.getProperty("diskmap.s3.minio"));
    return new S3Harness(server, "strict", List.of(), "\"path_conflicts\":\"strict\"");
  }
}
