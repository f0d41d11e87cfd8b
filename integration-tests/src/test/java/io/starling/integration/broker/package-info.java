/** Brokers for tests; nothing needs to be installed. */
@NullMarked
package io.starling.integration.broker;

import org.jspecify.annotations.NullMarked;
