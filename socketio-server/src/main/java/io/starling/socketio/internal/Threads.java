package io.starling.socketio.internal;

import java.util.concurrent.Executor;

/**
 * The executors for the work of a server outside its event loops.
 *
 * @param handlers runs the application's handlers
 * @param callbacks completes the stages of acks and emits; a separate executor, so that handlers
 *     which block for such a stage do not occupy the threads that complete it
 * @param deadlines the timer
 */
record Threads(Executor handlers, Executor callbacks, Deadlines deadlines) {}
