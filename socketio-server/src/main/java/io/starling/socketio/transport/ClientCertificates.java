package io.starling.socketio.transport;

import java.nio.file.Path;

/**
 * Asks clients for a certificate when they connect over TLS. Whoever has one that the authorities
 * did not issue is turned away in either case.
 *
 * @param authorities the certificates that are trusted, in PEM; read with those of the server
 * @param required whether a client without a certificate is turned away
 */
public record ClientCertificates(Path authorities, boolean required) {}
