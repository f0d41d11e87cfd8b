package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Where a request comes from and what it was addressed to, as the client sees it. The {@code
 * X-Forwarded-*} fields count only when the peer is a trusted proxy, and {@code Forwarded} (RFC
 * 7239) only when such a proxy sends none of those.
 *
 * @param address the client
 * @param secure whether the client uses TLS
 * @param authority host and port as the client knows them, or an empty string
 * @param certificates those of the peer, which may be a proxy
 */
record RequestSource(
    InetSocketAddress address,
    boolean secure,
    String authority,
    List<X509Certificate> certificates) {

  static RequestSource of(Peer peer, HttpHeaders headers, Predicate<InetAddress> trustedProxies) {
    String host = headers.get(HttpHeaderNames.HOST, "");
    if (!trustedProxies.test(peer.address().getAddress())) {
      return new RequestSource(peer.address(), peer.overTls(), host, peer.certificates());
    }
    Forwarded forwarded = Forwarded.of(headers);
    String proto = first(forwarded.proto());
    String forwardedHost = first(forwarded.host());
    return new RequestSource(
        client(peer.address(), forwarded.hops(), trustedProxies),
        proto.isEmpty() ? peer.overTls() : secure(proto),
        forwardedHost.isEmpty() ? host : forwardedHost,
        peer.certificates());
  }

  /** A proxy that forwards a WebSocket may name the scheme of its URL. */
  private static boolean secure(String scheme) {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("wss");
  }

  /** Whether there is one host, as RFC 9112, section 3.2 demands from HTTP/1.1 on. */
  static boolean namesOneHost(HttpRequest request) {
    Iterator<? extends CharSequence> hosts =
        request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
    if (!hosts.hasNext()) {
      return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }
    return isHost(hosts.next()) && !hosts.hasNext();
  }

  /** Whether it may be host and port: empty is allowed, what belongs elsewhere in a URL is not. */
  private static boolean isHost(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || "/?#@\\\"<>^`{|}".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** The origin of pages that the client got from this server. */
  String origin() {
    String name = authority.toLowerCase(Locale.ROOT);
    String defaultPort = secure ? ":443" : ":80";
    if (name.endsWith(defaultPort)) {
      name = name.substring(0, name.length() - defaultPort.length());
    }
    return (secure ? "https://" : "http://") + name;
  }

  /** The last address of the list that no trusted proxy has: what is before it may be made up. */
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

  /** Some proxies write {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[")) {
      return hop.substring(1, Math.max(1, hop.indexOf(']')));
    }
    int colon = hop.indexOf(':');
    boolean port = colon > 0 && colon == hop.lastIndexOf(':');
    return port ? hop.substring(0, colon) : hop;
  }

  /** The first that is not empty. */
  private static String first(String list) {
    for (String part : list.split(",", -1)) {
      if (!part.isBlank()) {
        return part.strip();
      }
    }
    return "";
  }
}
