package io.diskmap.http.client;

import java.io.IOException;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Lets the system move a file to the socket where nothing lies between, no encryption; a file then
 * costs half the processor time. Stateless.
 */
final class FileInterceptor implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Connection connection = chain.connection();
    if (request.body() instanceof FileBody file
        && connection != null
        && connection.socket() instanceof BufferedSocket socket) {
      // The length stays in the headers, where OkHttp has put it before it calls this.
      return chain.proceed(
          request.newBuilder().method(request.method(), file.movedTo(socket)).build());
    }
    return chain.proceed(request);
  }
}
