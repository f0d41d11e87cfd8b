package io.starling.client;

/** What happens to events that are emitted while a socket is not connected. */
public enum OfflineEmits {
  /** They wait and are sent, in order, when the socket is connected. */
  BUFFER,
  /** They fail at once with {@link EmitRefusedException}. */
  FAIL
}
