/** Example: rooms, and who is in them on any server. See {@link Presence}. */
@NullMarked
package io.starling.examples.presence;

import org.jspecify.annotations.NullMarked;
