/** The client manager: what every Starling process shares, and the ports around it. */
@NullMarked
package io.starling.manager;

import org.jspecify.annotations.NullMarked;
