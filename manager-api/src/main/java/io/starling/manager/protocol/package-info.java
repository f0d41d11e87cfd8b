/** The payload of events and acks: encoded once, carried as bytes. Pure. */
@NullMarked
package io.starling.manager.protocol;

import org.jspecify.annotations.NullMarked;
