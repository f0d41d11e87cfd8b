package io.starling.socketio.transport;

import java.nio.file.Path;

/**
 * The setting that makes the server ask clients for a certificate when they connect over TLS. A
 * client whose certificate was not issued by one of the authorities is always refused.
 *
 * @param authorities a PEM file with the certificates of the trusted authorities; like the server's
 *     own certificate, it is read again when it has changed
 * @param required whether a client without a certificate is refused
 */
public record ClientCertificates(Path authorities, boolean required) {}
