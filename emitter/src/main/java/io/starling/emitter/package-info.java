/**
 * The emitter: any JVM process can send events to the clients of a Starling cluster without being a
 * server. Begin with {@link io.starling.emitter.Emitter}, the class that applications use. {@link
 * io.starling.emitter.cli.EmitterCli} offers its operations as shell commands. An emitter publishes
 * through {@link io.starling.manager.pubsub.PubSubPublisher}, which also belongs to every server.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. A wrong argument changes nothing and
 * throws an {@link IllegalArgumentException} that names the argument.
 */
@NullMarked
package io.starling.emitter;

import org.jspecify.annotations.NullMarked;
