/** Tests of the payload codec. */
@NullMarked
package io.starling.manager.protocol;

import org.jspecify.annotations.NullMarked;
