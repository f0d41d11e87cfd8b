package io.starling.manager;

import java.util.concurrent.Executor;

/**
 * An executor that never makes its caller wait: {@code execute} neither runs the task itself nor
 * waits for room in a queue. A manager completes its stages directly through such an executor. It
 * calls any other executor from a separate thread, because that call may block.
 */
@FunctionalInterface
public interface PromptExecutor extends Executor {}
