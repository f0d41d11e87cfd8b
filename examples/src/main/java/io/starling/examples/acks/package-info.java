/** Example: acks in both directions, from one client and from many. See {@link Acks}. */
@NullMarked
package io.starling.examples.acks;

import org.jspecify.annotations.NullMarked;
