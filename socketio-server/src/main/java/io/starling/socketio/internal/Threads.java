package io.starling.socketio.internal;

import java.util.concurrent.Executor;

/**
 * Where a server's work outside the event loops runs.
 *
 * @param handlers runs handlers
 * @param callbacks runs stages that depend on acks and emits, so that a handler that waits for one
 *     never waits for itself
 */
record Threads(Executor handlers, Executor callbacks, Deadlines deadlines) {}
