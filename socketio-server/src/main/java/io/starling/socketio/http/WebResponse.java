package io.starling.socketio.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The response to a {@link WebRequest}; immutable. The server adds date, length and connection. */
public final class WebResponse {
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
  private static final Set<String> OF_THE_SERVER =
      Set.of("connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade");

  private final int status;
  private final List<Map.Entry<String, String>> headers;
  private final ByteBuffer body;

  private WebResponse(int status, List<Map.Entry<String, String>> headers, ByteBuffer body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /**
   * A response without fields and body.
   *
   * @throws IllegalArgumentException unless the status is final: 200 to 599
   */
  public static WebResponse of(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    return new WebResponse(status, List.of(), ByteBuffer.allocate(0));
  }

  /** A response with status 200 and a plain text. */
  public static WebResponse text(String text) {
    return of(200).withBody("text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same response with one field more; fields of one name add up.
   *
   * @throws IllegalArgumentException when it is no field of HTTP, or one that the server sets
   */
  public WebResponse withHeader(String name, String value) {
    if (!NAME.matcher(name).matches() || OF_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "header: " + name + " (expected: a name that is not one of " + OF_THE_SERVER + ")");
    } else if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "header: value of " + name + " (expected: one line of Latin-1)");
    }
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new WebResponse(status, List.copyOf(more), body);
  }

  /**
   * The same response with a body, and the field that tells its type.
   *
   * @param bytes not copied
   */
  public WebResponse withBody(String contentType, byte[] bytes) {
    WebResponse typed = withHeader("Content-Type", contentType);
    return new WebResponse(status, typed.headers, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  public int status() {
    return status;
  }

  /** The fields in the order in which they were given. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The body, read-only, with a position of the caller's own. */
  public ByteBuffer body() {
    return body.duplicate();
  }
}
