/**
 * Settings as text, with the same meaning in properties, in the environment and on the command
 * line. Begin with {@link Settings}, which collects the values and makes a configuration of them.
 * {@link ServerSetting} is the table of all settings: one row each.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. A builder is for
 * one thread. No parameter and no result is null unless it is marked {@code @Nullable}. A wrong
 * argument causes an {@link IllegalArgumentException} that names the argument, and nothing is
 * changed.
 */
@NullMarked
package io.starling.socketio.settings;

import org.jspecify.annotations.NullMarked;
