/** A whole chat: several servers, tokens, rooms. */
@NullMarked
package io.starling.examples.clusterchat;

import org.jspecify.annotations.NullMarked;
