package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.s3.S3Page.Found;
import io.diskmap.s3.S3Page.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class S3PageTest {
  private static S3Page read(String text) throws IOException {
    return S3Page.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_page_of_amazon_is_read() throws IOException {
    S3Page page =
        read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name>bucket</Name><Prefix/><NextContinuationToken>1/a+b%2F==</NextContinuationToken>
              <KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated>
              <Contents>
                <Key>a &amp; b/\u00e9 +%41</Key><LastModified>2026-03-01T10:20:30.123Z</LastModified>
                <ETag>&quot;70ee-2&quot;</ETag><ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>
                <Size>9000000000</Size><StorageClass>STANDARD</StorageClass>
                <Owner><ID>i</ID><Key>no key</Key></Owner>
              </Contents>
              <Contents><Size>0</Size><Key>b</Key></Contents>
            </ListBucketResult>
            """);
    assertThat(page.found())
        .containsExactly(
            new Found(
                "a & b/\u00e9 +%41",
                new Item(9_000_000_000L, Instant.parse("2026-03-01T10:20:30.123Z"), "\"70ee-2\"")),
            new Found("b", new Item(0, null, null)));
    assertThat(page.prefixes()).isFalse();
    assertThat(page.token()).isEqualTo("1/a+b%2F==");
  }

  @Test
  void keys_and_prefixes_that_come_as_urls_are_decoded() throws IOException {
    S3Page page =
        read(
            """
            <s:ListBucketResult xmlns:s="urn:s3"><s:CommonPrefixes><s:Prefix>d%2F%C3%A9/</s:Prefix>\
            </s:CommonPrefixes><s:Contents><s:Key>a+b%26%25</s:Key>\
            <s:LastModified>2026-03-01T10:20:30+02:00</s:LastModified><s:Size>1</s:Size>\
            </s:Contents><s:IsTruncated>false</s:IsTruncated>\
            <s:NextContinuationToken>t</s:NextContinuationToken>\
            <s:EncodingType>url</s:EncodingType></s:ListBucketResult>""");
    assertThat(page.found())
        .containsExactly(
            new Found("a b&%", new Item(1, Instant.parse("2026-03-01T08:20:30Z"), null)),
            new Found("d/\u00e9/", null));
    assertThat(page.prefixes()).isTrue();
    assertThat(page.token()).isNull();
  }

  @Test
  void an_empty_page_is_the_end() throws IOException {
    S3Page page = read("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
    assertThat(page.found()).isEmpty();
    assertThat(page.token()).isNull();
  }

  @Test
  void what_is_no_listing_is_not_taken_for_an_empty_one() {
    String whole =
        "<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>";
    assertThat(whole.length()).isPositive();
    for (int end = 0; end < whole.length(); end++) {
      String part = whole.substring(0, end);
      assertThatThrownBy(() -> read(part)).as(part).isInstanceOf(IOException.class);
    }
    for (String other :
        new String[] {
          "<Error><Code>InternalError</Code></Error>",
          "<html><body>gateway</body></html>",
          "<ListBucketResult><Contents><Key>k</Key></Contents></ListBucketResult>",
          "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
          whole.replace("1", "many"),
          whole.replace("<Size>", "<LastModified>soon</LastModified><Size>"),
          whole
              .replace("k", "%zz")
              .replace("<Contents>", "<EncodingType>url</EncodingType><Contents>"),
          "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
              + whole.replace(">k", ">&e;"),
        }) {
      assertThatThrownBy(() -> read(other)).as(other).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_connection_that_breaks_is_told_as_it_was() {
    InputStream silent =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new SocketTimeoutException("no more comes");
          }
        };
    InputStream begun =
        new ByteArrayInputStream("<ListBucketResult><Contents>".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> S3Page.read(new SequenceInputStream(begun, silent)))
        .isInstanceOf(SocketTimeoutException.class);
  }
}
