/**
 * The part of a manager that needs no broker. Begin with {@link
 * io.starling.manager.memory.InMemoryClientManager}, which delivers to the clients of its own
 * process: alone, or on behalf of a manager that has a broker. {@link
 * io.starling.manager.memory.ClusterRequest} is a question to all hosts that waits for answers.
 * {@link io.starling.manager.memory.AckRequest} collects acknowledgements of clients, and {@link
 * io.starling.manager.memory.HostRequest} collects answers of hosts.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager.memory;

import org.jspecify.annotations.NullMarked;
