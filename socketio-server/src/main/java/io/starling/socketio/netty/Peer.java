package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The other end of a connection: a client, or a proxy in front of it.
 *
 * @param overTls whether the connection uses TLS
 * @param certificates the verified certificates of the peer, its own first; empty if it sent none
 */
record Peer(InetSocketAddress address, boolean overTls, List<X509Certificate> certificates) {
  /** The peer of a channel that has received a request, so that its TLS handshake is complete. */
  static Peer of(Channel channel) {
    InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return new Peer(address, tls != null, tls == null ? List.of() : certificates(tls));
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
}
