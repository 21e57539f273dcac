package io.diskmap.s3;

import java.net.URI;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * S3Proxy over memory, whose listings leave out what it writes under a name of its own before it
 * moves it to its key: port, access key, secret key.
 *
 * <p>Its stores on file systems write {@code KEY-UUID} beside the key and list that too, which no
 * real store does.
 */
public final class TidyS3Proxy {
  private static final Pattern OWN =
      Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Pattern.DOTALL);

  private TidyS3Proxy() {}

  /** Serves until the process is ended. */
  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("jclouds.identity", "x");
    properties.setProperty("jclouds.credential", "x");
    S3Proxy.builder()
        .blobStore(new Tidy(BlobStores.create("transient-nio2", properties)))
        .endpoint(URI.create("http://127.0.0.1:" + arguments[0]))
        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, arguments[1], arguments[2])
        .build()
        .start();
  }

  private static final class Tidy extends ForwardingBlobStore {
    Tidy(BlobStore store) {
      super(store);
    }

    @Override
    public ListObjectsV2Response list(ListObjectsV2Request request) {
      ListObjectsV2Response page = super.list(request);
      List<S3Object> tidy =
          page.contents().stream().filter(o -> !OWN.matcher(o.key()).matches()).toList();
      return tidy.size() == page.contents().size()
          ? page
          : page.toBuilder().contents(tidy).keyCount(tidy.size()).build();
    }
  }
}
