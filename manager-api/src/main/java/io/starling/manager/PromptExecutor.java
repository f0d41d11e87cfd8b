package io.starling.manager;

import java.util.concurrent.Executor;

/**
 * An executor that never makes its caller wait: {@code execute} neither runs the task nor waits for
 * room. A manager gives stages to such an executor directly, and to any other on a thread of its
 * own, because that one may block.
 */
@FunctionalInterface
public interface PromptExecutor extends Executor {}
