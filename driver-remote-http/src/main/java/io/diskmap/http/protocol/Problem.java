package io.diskmap.http.protocol;

/**
 * An error as it stands on the wire: problem+json (RFC 9457). Immutable; holds no server path and
 * no secret.
 *
 * @param status the HTTP status
 * @param code the stable code, lower-case words joined by hyphens; the type is {@code
 *     urn:diskmap:<code>}
 * @param title a fixed sentence for the code
 * @param detail what happened this time and what to do
 * @param retryable whether the same request can succeed later
 * @param requestId the id under which the server's audit trail knows the call
 */
public record Problem(
    int status, String code, String title, String detail, boolean retryable, String requestId) {
  private static final String TYPE = "urn:diskmap:";

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("a problem has a status of 400 to 599, not " + status);
    }
  }

  /** The document. */
  public byte[] toJson() {
    return JsonOut.object(
        out -> {
          out.writeStringField("type", TYPE + code);
          out.writeStringField("title", title);
          out.writeNumberField("status", status);
          out.writeStringField("detail", detail);
          out.writeStringField("code", code);
          out.writeBooleanField("retryable", retryable);
          out.writeStringField("requestId", requestId);
        });
  }

  /** Reads a document that came with the given status. */
  public static Problem parse(int status, byte[] document) throws MalformedException {
    return parse(status, JsonObject.parse(document));
  }

  /** Reads a document that is already an object. */
  public static Problem parse(int status, JsonObject json) throws MalformedException {
    return new Problem(
        status,
        json.text("code"),
        json.optionalText("title").orElse(""),
        json.optionalText("detail").orElse(""),
        json.flag("retryable", false),
        json.optionalText("requestId").orElse(""));
  }
}
