package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The client of a request and the address that the client sent it to, both as the client sees them.
 * Header fields of proxies count only if the peer is a trusted proxy: the {@code X-Forwarded-*}
 * fields, or {@code Forwarded} (RFC 7239) if there are none of these.
 *
 * @param address of the client; the port is 0 if a proxy has named the address
 * @param secure whether the client uses TLS
 * @param authority host and port as the client knows them, or an empty string
 * @param certificates the verified certificates of the peer, which may be a proxy, its own first;
 *     empty if it sent none
 */
record RequestSource(
    InetSocketAddress address,
    boolean secure,
    String authority,
    List<X509Certificate> certificates) {

  /**
   * The peer of a channel: a client, or a proxy in front of it. The channel has received a request,
   * so its TLS handshake is complete.
   */
  static RequestSource peer(Channel channel) {
    InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null
        ? new RequestSource(address, false, "", List.of())
        : new RequestSource(address, true, "", certificates(tls));
  }

  private static List<X509Certificate> certificates(SslHandler tls) {
    try {
      return Stream.of(tls.engine().getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /** The source of a request that this peer has sent. */
  RequestSource of(HttpHeaders headers, Predicate<InetAddress> trustedProxies) {
    String host = headers.get(HttpHeaderNames.HOST, "");
    if (!trustedProxies.test(address.getAddress())) {
      return new RequestSource(address, secure, host, certificates);
    }
    Forwarded forwarded = Forwarded.of(headers);
    String proto = first(forwarded.proto());
    String forwardedHost = first(forwarded.host());
    return new RequestSource(
        client(address, forwarded.hops(), trustedProxies),
        proto.isEmpty() ? secure : secure(proto),
        forwardedHost.isEmpty() ? host : forwardedHost,
        certificates);
  }

  /**
   * Whether a scheme stands for TLS. For a WebSocket, a proxy may name {@code wss} in place of
   * {@code https}.
   */
  private static boolean secure(String scheme) {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss");
  }

  /**
   * Whether the request has exactly one well-formed {@code Host} field, which RFC 9112, section 3.2
   * demands from HTTP/1.1 on. A request of HTTP/1.0 may have none.
   */
  static boolean namesOneHost(HttpRequest request) {
    Iterator<? extends CharSequence> hosts =
        request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }
    return isHost(hosts.next()) && !hosts.hasNext();
  }

  /**
   * Whether a text may be host and port. An empty text may; a text with characters of other parts
   * of a URL may not.
   */
  private static boolean isHost(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || "/?#@\\\"<>^`{|}".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The origin of web pages that the client loaded from this server, such as {@code
   * https://example.com}.
   */
  String origin() {
    String name = authority.toLowerCase(Locale.ROOT);
    String defaultPort = secure ? ":443" : ":80";
    if (name.endsWith(defaultPort)) {
      name = name.substring(0, name.length() - defaultPort.length());
    }
    return (secure ? "https://" : "http://") + name;
  }

  /**
   * The address of the client: the last one in the list that does not belong to a trusted proxy. A
   * client can make up all addresses before that one.
   */
  private static InetSocketAddress client(
      InetSocketAddress peer, List<String> fields, Predicate<InetAddress> trustedProxies) {
    String[] hops = String.join(",", fields).split(",", -1);
    InetSocketAddress client = peer;
    for (int i = hops.length - 1; i >= 0; i--) {
      InetAddress hop = NetUtil.createInetAddressFromIpAddressString(withoutPort(hops[i].strip()));
      if (hop == null) {
        break;
      }
      client = new InetSocketAddress(hop, 0);
      if (!trustedProxies.test(hop)) {
        break;
      }
    }
    return client;
  }

  /**
   * Removes the port, which some proxies append: {@code 192.0.2.1:4711} or {@code
   * [2001:db8::1]:4711}.
   */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      return hop.substring(1, Math.max(1, hop.indexOf(']')));
    }
    int colon = hop.indexOf(':');
    boolean port = colon > 0 && colon == hop.lastIndexOf(':');
    return port ? hop.substring(0, colon) : hop;
  }

  /**
   * The first entry of a list separated by commas that is not blank; an empty string if there is
   * none.
   */
  private static String first(String list) {
    for (String part : list.split(",", -1)) {
      if (!part.isBlank()) {
        return part.strip();
      }
    }
    return "";
  }
}
