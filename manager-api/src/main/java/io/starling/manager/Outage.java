package io.starling.manager;

import java.time.Duration;

/**
 * The cost of an outage, as one host or emitter saw it. An outage begins when the manager leaves
 * the state {@link BackendState#UP} and ends when the manager is UP again and stays so for 10 s.
 * Shorter returns to UP belong to the outage. The counts include these 10 s, the length does not.
 *
 * @param length the time from the first change of state to the last one, which is the return to UP
 * @param repaired messages of others that were missed at first and arrived on request
 * @param lost messages of others that were given up, by the end of these 10 s
 * @param failed messages that were accepted into the outbox and then failed
 * @param refused operations that were refused, because the outbox was full or because too many
 *     stages waited for an executor of the application
 */
public record Outage(Duration length, long repaired, long lost, long failed, long refused) {}
