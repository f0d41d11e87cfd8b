/** Rooms, and who is in them on any server. */
@NullMarked
package io.starling.examples.presence;

import org.jspecify.annotations.NullMarked;
