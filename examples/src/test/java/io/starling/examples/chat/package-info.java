/** What the chat accepts, without a server. */
@NullMarked
package io.starling.examples.chat;

import org.jspecify.annotations.NullMarked;
