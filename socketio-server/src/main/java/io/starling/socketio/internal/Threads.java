package io.starling.socketio.internal;

import java.util.concurrent.Executor;

/**
 * The executors for the work of a server outside its event loops.
 *
 * @param handlers runs the application's handlers
 * @param callbacks completes the stages of acks and emits. The server's own callback threads are
 *     not its handler threads, so handlers that block for a stage do not occupy the threads that
 *     complete it. An executor of the application serves both purposes.
 * @param deadlines the timer
 */
record Threads(Executor handlers, Executor callbacks, Deadlines deadlines) {}
