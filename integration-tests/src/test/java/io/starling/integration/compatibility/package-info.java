/** Releases of the official clients, side by side against one server process. */
@NullMarked
package io.starling.integration.compatibility;

import org.jspecify.annotations.NullMarked;
