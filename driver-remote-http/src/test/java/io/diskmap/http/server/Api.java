package io.diskmap.http.server;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** A client for tests that is not the one under test: the JDK's. Thread-safe. */
final class Api {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String key;

  Api(String base, String key) {
    this.base = base;
    this.key = key;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Sends a request with no body unless one is given; headers come as name, value, name, ... */
  HttpResponse<byte[]> send(String method, String call, byte[] body, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/internal/storage/" + call))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (!key.isEmpty()) {
      request.header("X-API-Key", key);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  HttpResponse<byte[]> get(String call, String... headers) throws IOException {
    return send("GET", call, new byte[0], headers);
  }

  HttpResponse<byte[]> post(String call, String... headers) throws IOException {
    return send("POST", call, new byte[0], headers);
  }

  HttpResponse<byte[]> put(String call, byte[] body, String... headers) throws IOException {
    return send("PUT", call, body, headers);
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }
}
