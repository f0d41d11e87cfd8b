package io.starling.benchmarks.load;

import java.net.InetSocketAddress;

/**
 * A bench server.
 *
 * @param pid of its process, whose cost is measured
 */
public record Host(InetSocketAddress address, long pid) {}
