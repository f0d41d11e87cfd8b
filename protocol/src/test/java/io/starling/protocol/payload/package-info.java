/** Tests of the payload codec. */
@NullMarked
package io.starling.protocol.payload;

import org.jspecify.annotations.NullMarked;
