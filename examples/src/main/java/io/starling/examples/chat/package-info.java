/** The demo: a chat across two server processes, a broker and an emitter. */
@NullMarked
package io.starling.examples.chat;

import org.jspecify.annotations.NullMarked;
