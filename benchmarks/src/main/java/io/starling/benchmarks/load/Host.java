package io.starling.benchmarks.load;

import java.net.InetSocketAddress;

/**
 * A running bench server.
 *
 * @param address where clients connect
 * @param pid the id of its process, whose processor time and memory are measured
 */
public record Host(InetSocketAddress address, long pid) {}
