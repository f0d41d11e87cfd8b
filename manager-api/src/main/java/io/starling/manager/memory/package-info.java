/** The manager of a single process: rooms and local delivery, no broker. */
@NullMarked
package io.starling.manager.memory;

import org.jspecify.annotations.NullMarked;
