/** Answers in both directions, from one client and from many. */
@NullMarked
package io.starling.examples.acks;

import org.jspecify.annotations.NullMarked;
