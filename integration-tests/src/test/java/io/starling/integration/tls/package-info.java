/** Brokers that serve TLS. */
@NullMarked
package io.starling.integration.tls;

import org.jspecify.annotations.NullMarked;
