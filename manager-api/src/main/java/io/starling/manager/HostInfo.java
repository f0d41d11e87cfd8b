package io.starling.manager;

import java.time.Duration;

/**
 * A host that is alive.
 *
 * @param release its version, for people; empty while it is not known
 * @param age how long it has run, by its own account
 */
public record HostInfo(HostId id, String release, Duration age) {}
