package io.starling.manager;

import java.time.Duration;

/**
 * What an outage cost, as one host or emitter saw it. The outage lasted from the first state that
 * was not {@link BackendState#UP} to the last one.
 *
 * @param length how long it lasted
 * @param repaired messages of others that came when they were asked for again
 * @param lost messages of others that never came
 * @param failed operations that were accepted and failed
 * @param refused operations that found no room in the outbox
 */
public record Outage(Duration length, long repaired, long lost, long failed, long refused) {}
