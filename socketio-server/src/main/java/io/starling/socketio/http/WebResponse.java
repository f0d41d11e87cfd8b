package io.starling.socketio.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The response to a {@link WebRequest}. Immutable. The server itself adds the header fields {@code
 * Date}, {@code Content-Length} and {@code Connection}.
 */
public final class WebResponse {
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");

  /** The header fields that only the server sets. */
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
   * A response without header fields and body.
   *
   * @param status the HTTP status of a final response, 200 to 599
   * @throws IllegalArgumentException if the status is out of this range
   */
  public static WebResponse of(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    return new WebResponse(status, List.of(), ByteBuffer.allocate(0));
  }

  /** A response with status 200 and a plain text in UTF-8. */
  public static WebResponse text(String text) {
    return of(200).withBody("text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A copy of this response with one more header field. A field of the same name is kept, not
   * replaced.
   *
   * @throws IllegalArgumentException if name or value are not valid in HTTP, or if the server sets
   *     the field itself
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
   * A copy of this response with a body and one more header field, {@code Content-Type}. A client
   * gets no body with status 204 or 304.
   *
   * @param bytes the body; it is not copied and must not change afterwards
   */
  public WebResponse withBody(String contentType, byte[] bytes) {
    WebResponse typed = withHeader("Content-Type", contentType);
    return new WebResponse(status, typed.headers, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The header fields in the order in which they were added, without those of the server. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The body, read-only. Each call returns a new view with its own position. */
  public ByteBuffer body() {
    return body.duplicate();
  }
}
