/**
 * The settings for the network side of a server: which web pages and proxies it accepts, its TLS
 * certificate, its session cookie, compression and timeouts. The types hold and check values; they
 * open no connection and read no file.
 *
 * <p>The methods of {@code SocketIoServerConfig.Builder} take these values. Begin with {@link
 * io.starling.socketio.transport.CorsPolicy}, and {@link io.starling.socketio.transport.TlsConfig}
 * or {@link io.starling.socketio.transport.AddressRanges} for trusted proxies. {@link
 * io.starling.socketio.transport.TransportConfig} holds all of them.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. All values are
 * immutable. Only {@code @Nullable} values may be null. An invalid setting causes an {@link
 * IllegalArgumentException} that names the setting.
 */
@NullMarked
package io.starling.socketio.transport;

import org.jspecify.annotations.NullMarked;
