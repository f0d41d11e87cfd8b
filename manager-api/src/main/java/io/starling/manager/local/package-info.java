/**
 * The part of a manager that needs no broker. Begin with {@link
 * io.starling.manager.local.LocalClientManager}, which delivers to the clients of its own process:
 * alone, or on behalf of a manager that has a broker. {@link io.starling.manager.local.Gathering}
 * gathers the answers to one question, of this host and of others.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager.local;

import org.jspecify.annotations.NullMarked;
