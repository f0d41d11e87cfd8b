package io.starling.examples.chat;

/**
 * A server of the cluster as people tell it apart.
 *
 * @param id random, new with every start
 * @param port where it listens
 */
record Host(String id, int port) {}
