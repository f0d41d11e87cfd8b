/** Brokers that are killed and restarted, and connections that are cut, under traffic. */
@NullMarked
package io.starling.integration.outage;

import org.jspecify.annotations.NullMarked;
