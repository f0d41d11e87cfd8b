package io.starling.integration.ours;

import io.starling.client.TransportKind;

/** How a client of the tests connects. */
enum Transports {
  POLLING(TransportKind.POLLING),
  WEBSOCKET(TransportKind.WEBSOCKET),
  /** The default: begins with polling and changes to WebSocket. */
  UPGRADE(TransportKind.POLLING, TransportKind.WEBSOCKET);

  private final TransportKind[] kinds;

  Transports(TransportKind... kinds) {
    this.kinds = kinds;
  }

  TransportKind[] kinds() {
    return kinds.clone();
  }

  /** The transport that a connection has in the end. */
  TransportKind last() {
    return kinds[kinds.length - 1];
  }
}
