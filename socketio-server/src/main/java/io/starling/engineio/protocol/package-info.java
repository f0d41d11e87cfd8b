/** Engine.IO v4 packets and payloads. Pure: bytes in, records out. */
@NullMarked
package io.starling.engineio.protocol;

import org.jspecify.annotations.NullMarked;
