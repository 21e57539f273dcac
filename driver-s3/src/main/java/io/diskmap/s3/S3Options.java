package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.Secret;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.Loopback;
import io.diskmap.spi.Option;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.OptionValues;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * What an S3 disk is opened with. Immutable.
 *
 * @param bucket the bucket's name
 * @param root what every key begins with: empty, or ending in {@code /}
 * @param region the signing region
 * @param endpoint a store other than Amazon's
 * @param pathStyle whether the bucket stands in the path of the URL
 * @param signContent whether signatures cover content too, where the endpoint is plain HTTP
 * @param accessKey with {@code secretKey}, else profile or default chain
 * @param secretKey the key's secret
 * @param sessionToken of temporary credentials
 * @param profile a profile of the shared AWS files
 * @param partSize how long the parts of a multipart upload are
 * @param parallelism how many requests one transfer has in flight
 * @param copyAtOnce the longest file that one request copies
 * @param connections the most connections at once
 * @param connectTimeout how long opening a connection may take
 * @param uploadMaxAge after which an upload cannot complete
 * @param retryMode how the client repeats a request
 * @param checksum how content is protected on its way
 * @param pathConflicts how far clause P3 is looked after
 * @param confirmSaves whether a save reads back what the store says of the new file
 * @param deleteVersions whether deleting removes all versions
 * @param storageClass of new files
 * @param encryption of new files on the server
 * @param kmsKey the key for {@code kms}
 * @param customerKey the key for {@code customer}
 * @param caFile certificates to trust instead of the system's
 */
record S3Options(
    String bucket,
    String root,
    String region,
    Optional<URI> endpoint,
    boolean pathStyle,
    boolean signContent,
    Optional<Secret> accessKey,
    Optional<Secret> secretKey,
    Optional<Secret> sessionToken,
    Optional<String> profile,
    int partSize,
    int parallelism,
    long copyAtOnce,
    int connections,
    Duration connectTimeout,
    Duration uploadMaxAge,
    RetryMode retryMode,
    ChecksumMode checksum,
    PathConflicts pathConflicts,
    boolean confirmSaves,
    boolean deleteVersions,
    Optional<String> storageClass,
    Encryption encryption,
    Optional<String> kmsKey,
    Optional<Secret> customerKey,
    Optional<Path> caFile) {

  /** How the client repeats a request by itself. */
  enum RetryMode {
    STANDARD,
    ADAPTIVE,
    OFF
  }

  /** How content is protected on its way, beside the signature. */
  enum ChecksumMode {
    CRC32C,
    MD5,
    NONE
  }

  /** How far it is looked after that no file lies below a file. */
  enum PathConflicts {
    PARENTS,
    STRICT,
    OFF
  }

  /** How new files are encrypted on the server. */
  enum Encryption {
    NONE,
    S3,
    KMS,
    CUSTOMER
  }

  /** The table of the disk map. */
  static final OptionTable TABLE =
      OptionTable.of(
          Option.text("bucket").required().help("The bucket."),
          Option.text("prefix")
              .help(
                  "A directory in the bucket that is the disk's root; the whole bucket without it."),
          Option.text("region")
              .help(
                  "The region of the bucket. us-east-1 where an endpoint is given; else the"
                      + " environment's or the profile's."),
          Option.url("endpoint")
              .help("The URL of a compatible store. Amazon's own where it is not given."),
          Option.flag("path_style")
              .help(
                  "Whether the bucket stands in the path of the URL and not in the host name. True"
                      + " where an endpoint is given."),
          Option.flag("sign_content")
              .help(
                  "Whether the signature covers the content where the endpoint is plain HTTP, which"
                      + " costs a SHA-256 of it. True unless the endpoint is on this machine; over"
                      + " HTTPS it never does."),
          Option.secret("access_key")
              .help(
                  "The access key. Without it the profile or the default chain of the AWS SDK"
                      + " gives the credentials."),
          Option.secret("secret_key").help("The secret of the access key."),
          Option.secret("session_token").help("The token of temporary credentials."),
          Option.text("profile").help("A profile of the shared AWS configuration files."),
          Option.size("part_size")
              .defaultTo("8MiB")
              .between("5MiB", "512MiB")
              .help(
                  "How long the parts of a multipart upload are; shorter files go in one request."
                      + " A store takes 10 000 parts, so 8 MiB reach to 78 GiB where the length is"
                      + " not known; where it is, parts grow as needed."),
          Option.integer("parallelism")
              .defaultTo(16)
              .between(1, 64)
              .unit("requests")
              .help("How many parts or ranges of one transfer are in flight at most."),
          Option.size("copy_at_once")
              .defaultTo("5GiB")
              .between("5MiB", "5GiB")
              .help(
                  "The longest file that the store copies in one request; a longer one is copied"
                      + " on the server in parts side by side."),
          Option.integer("connections")
              .defaultTo(64)
              .between(2, 1024)
              .unit("connections")
              .help("The most connections to the store at once."),
          Option.duration("connect_timeout")
              .defaultTo("5s")
              .between("10ms", "5m")
              .help("How long opening a connection may take."),
          Option.duration("upload_max_age")
              .defaultTo("2h")
              .between("1s", "7d")
              .help(
                  "An upload that began longer ago cannot complete. Amazon dates a file by the"
                      + " start of its upload, so this bounds how old a new file can look; keep it"
                      + " below the age of the clean-up."),
          Option.choice("retry_mode", "standard", "adaptive", "off")
              .defaultTo("standard")
              .help("How the client repeats a request by itself. The option retries holds on top."),
          Option.choice("checksum", "crc32c", "md5", "none")
              .defaultTo("crc32c")
              .help(
                  "What protects content on its way beside the signature: md5 for stores that"
                      + " verify nothing else, none for those that refuse both."),
          Option.choice("path_conflicts", "parents", "strict", "off")
              .defaultTo("parents")
              .help(
                  "How far it is looked after that no file lies below a file: parents asks for"
                      + " each parent and remembers the answer for 60 s; strict asks each time and"
                      + " also refuses a file in the place of a directory; off asks nothing."),
          Option.flag("confirm_saves")
              .defaultTo(true)
              .help(
                  "Whether a save asks for the new file's time where the store's answers do not tell"
                      + " it. Without it the time is that of the answer, to the second."),
          Option.flag("delete_versions")
              .defaultTo(false)
              .help(
                  "Whether a delete in a versioned bucket removes all versions. Without it the"
                      + " content stays behind a delete marker."),
          Option.text("storage_class").help("The storage class of new files."),
          Option.choice("encryption", "none", "s3", "kms", "customer")
              .defaultTo("none")
              .help("How the store encrypts new files; none leaves it to the bucket."),
          Option.text("kms_key")
              .help("The key id for encryption kms; the account's own without it."),
          Option.secret("customer_key")
              .help(
                  "The key for encryption customer: 32 bytes in Base64. A lost key loses the files."),
          Option.path("ca_file")
              .help("Certificates (PEM) to trust instead of the system's, for a private store."));

  /** The checked values; what only the values together can tell is refused here. */
  static S3Options from(OptionValues values) throws StorageException {
    Optional<URI> endpoint =
        values.has("endpoint") ? Optional.of(values.url("endpoint")) : Optional.empty();
    requirePlaintextAllowed(endpoint, CommonOptions.of(values).allowPlaintext());
    Encryption encryption = Encryption.valueOf(upper(values.choice("encryption")));
    Optional<Secret> customerKey = values.optionalSecret("customer_key");
    if ((encryption == Encryption.CUSTOMER) != customerKey.isPresent()) {
      throw misfit("\"encryption\": \"customer\" and \"customer_key\" belong together.");
    }
    if (customerKey.isPresent() && !isKey(customerKey.get())) {
      throw misfit("The \"customer_key\" is not 32 bytes in Base64.");
    }
    if (values.optionalSecret("access_key").isPresent()
        != values.optionalSecret("secret_key").isPresent()) {
      throw misfit("\"access_key\" and \"secret_key\" belong together.");
    }
    return new S3Options(
        values.text("bucket"),
        root(values.optionalText("prefix").orElse("")),
        values.optionalText("region").orElse(endpoint.isPresent() ? "us-east-1" : ""),
        endpoint,
        values.has("path_style") ? values.flag("path_style") : endpoint.isPresent(),
        values.has("sign_content")
            ? values.flag("sign_content")
            : endpoint.isPresent() && !Loopback.names(endpoint.get().getHost()),
        values.optionalSecret("access_key"),
        values.optionalSecret("secret_key"),
        values.optionalSecret("session_token"),
        values.optionalText("profile"),
        Math.toIntExact(values.size("part_size")),
        values.intValue("parallelism"),
        values.size("copy_at_once"),
        values.intValue("connections"),
        values.duration("connect_timeout"),
        values.duration("upload_max_age"),
        RetryMode.valueOf(upper(values.choice("retry_mode"))),
        ChecksumMode.valueOf(upper(values.choice("checksum"))),
        PathConflicts.valueOf(upper(values.choice("path_conflicts"))),
        values.flag("confirm_saves"),
        values.flag("delete_versions"),
        values.optionalText("storage_class"),
        encryption,
        values.optionalText("kms_key"),
        customerKey,
        values.optionalPath("ca_file"));
  }

  private static boolean isKey(Secret secret) {
    try {
      return Base64.getDecoder().decode(secret.reveal().strip()).length == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void requirePlaintextAllowed(Optional<URI> endpoint, boolean allowed)
      throws StorageException {
    if (endpoint.isPresent()
        && "http".equalsIgnoreCase(endpoint.get().getScheme())
        && !Loopback.names(endpoint.get().getHost())
        && !allowed) {
      throw misfit(
          "The endpoint is plain HTTP beyond this machine; use https, or allow it with"
              + " \"allow_plaintext\": true.");
    }
  }

  private static String root(String prefix) throws StorageException {
    String text = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    StoragePath path = StoragePath.prefix(text);
    return path.isRoot() ? "" : path.value() + "/";
  }

  private static StorageException misfit(String sentence) {
    return StorageException.of(ErrorKind.UNSUPPORTED, sentence);
  }

  private static String upper(String word) {
    return word.toUpperCase(java.util.Locale.ROOT);
  }
}
