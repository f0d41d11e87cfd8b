/**
 * What happens to the messages of a cluster when its broker, its network or its hosts fail. {@link
 * io.starling.integration.failures.Failures} runs the rows of the failure matrix, {@link
 * io.starling.integration.failures.Soak} runs mixed traffic for minutes. Both count every message
 * at every client.
 */
@NullMarked
package io.starling.integration.failures;

import org.jspecify.annotations.NullMarked;
