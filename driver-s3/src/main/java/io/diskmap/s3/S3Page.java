package io.diskmap.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * A page of a listing, read while it comes. Immutable.
 *
 * <p>The client would read the text into a tree, make objects of the tree and then others of those,
 * which takes as long as the store takes for the page; here it is read once.
 *
 * @param found objects and common prefixes, each in the store's order
 * @param prefixes whether there are common prefixes among them
 * @param token of the next page, none after the last one
 */
record S3Page(List<Found> found, boolean prefixes, @Nullable String token) {
  /** A key, or a common prefix where it has no object. */
  record Found(String key, @Nullable Item object) {}

  /** An object; a time or a tag that the store does not tell is none. */
  record Item(long size, @Nullable Instant modified, @Nullable String tag) {}

  /** Asks for a page; for an action that the sessions run. */
  static S3Page ask(S3Client client, ListObjectsV2Request request) {
    S3Exchange exchange = S3Exchange.current();
    if (exchange == null) {
      throw new IllegalStateException("pages are asked for in an exchange");
    }
    exchange.expectPage();
    client.listObjectsV2(request);
    return exchange.page();
  }

  /** Reads the text of an answer to its end. */
  static S3Page read(InputStream text) throws IOException {
    XMLInputFactory parsers = XMLInputFactory.newDefaultFactory();
    parsers.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    parsers.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try {
      XMLStreamReader in = parsers.createXMLStreamReader(text, StandardCharsets.UTF_8.name());
      return new Text(in).page();
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof IOException broken) {
        throw broken;
      }
      throw unreadable(e);
    } catch (RuntimeException e) {
      throw unreadable(e);
    }
  }

  private static IOException unreadable(Exception cause) {
    return new IOException("the answer is no listing that can be read", cause);
  }

  /** The elements of one answer, in any order. For one thread. */
  private static final class Text {
    private final XMLStreamReader in;
    private final List<Found> objects = new ArrayList<>();
    private final List<Found> prefixes = new ArrayList<>();
    private boolean encoded;
    private boolean truncated;
    private @Nullable String token;

    Text(XMLStreamReader in) {
      this.in = in;
    }

    S3Page page() throws XMLStreamException {
      in.nextTag();
      in.require(XMLStreamConstants.START_ELEMENT, null, "ListBucketResult");
      while (nextChild()) {
        switch (in.getLocalName()) {
          case "Contents" -> objects.add(object());
          case "CommonPrefixes" -> prefix();
          case "IsTruncated" -> truncated = Boolean.parseBoolean(in.getElementText().strip());
          case "NextContinuationToken" -> token = in.getElementText();
          case "EncodingType" -> encoded = in.getElementText().strip().equals("url");
          default -> skip();
        }
      }
      List<Found> all = new ArrayList<>(objects.size() + prefixes.size());
      for (List<Found> some : List.of(objects, prefixes)) {
        for (Found one : some) {
          all.add(encoded ? new Found(decoded(one.key), one.object) : one);
        }
      }
      return new S3Page(all, !prefixes.isEmpty(), truncated ? token : null);
    }

    /** Goes to the next element inside of the current one; false at its end. */
    private boolean nextChild() throws XMLStreamException {
      while (true) {
        int event = in.next();
        if (event == XMLStreamConstants.START_ELEMENT) {
          return true;
        }
        if (event == XMLStreamConstants.END_ELEMENT) {
          return false;
        }
      }
    }

    private void skip() throws XMLStreamException {
      while (nextChild()) {
        skip();
      }
    }

    private Found object() throws XMLStreamException {
      String key = null;
      long size = -1;
      Instant modified = null;
      String tag = null;
      while (nextChild()) {
        switch (in.getLocalName()) {
          case "Key" -> key = in.getElementText();
          case "Size" -> size = Long.parseLong(in.getElementText().strip());
          case "LastModified" -> modified = time(in.getElementText().strip());
          case "ETag" -> tag = in.getElementText();
          default -> skip();
        }
      }
      if (key == null || size < 0) {
        throw new XMLStreamException("an object has no key or no size");
      }
      return new Found(key, new Item(size, modified, tag));
    }

    private void prefix() throws XMLStreamException {
      while (nextChild()) {
        if (in.getLocalName().equals("Prefix")) {
          prefixes.add(new Found(in.getElementText(), null));
        } else {
          skip();
        }
      }
    }

    private static @Nullable Instant time(String text) {
      return text.isEmpty()
          ? null
          : text.endsWith("Z") ? Instant.parse(text) : OffsetDateTime.parse(text).toInstant();
    }

    private static String decoded(String key) {
      return key.indexOf('%') < 0 && key.indexOf('+') < 0
          ? key
          : URLDecoder.decode(key, StandardCharsets.UTF_8);
    }
  }
}
