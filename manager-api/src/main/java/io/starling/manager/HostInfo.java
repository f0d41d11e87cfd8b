package io.starling.manager;

import java.time.Duration;

/**
 * A description of a host that is alive.
 *
 * @param release the version of the host's software, as text for people; empty while it is not
 *     known
 * @param age how long the host has run, measured by its own clock
 */
public record HostInfo(HostId id, String release, Duration age) {}
