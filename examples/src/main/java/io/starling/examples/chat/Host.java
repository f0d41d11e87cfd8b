package io.starling.examples.chat;

/**
 * A server of the cluster, in the form in which the page shows it.
 *
 * @param id a random id that is new with every start
 * @param port the port on which the server listens
 */
record Host(String id, int port) {}
