package io.starling.client;

import org.jspecify.annotations.Nullable;

/** Supplies the auth value of a namespace, see {@link ClientOptions.Builder#auth(AuthSupplier)}. */
@FunctionalInterface
public interface AuthSupplier {
  /**
   * Returns the value for one attempt to connect. Called on a handler thread; may block.
   *
   * @return an object that JSON can represent as an object, such as a {@link java.util.Map} or a
   *     record; null to send none. A {@link java.util.concurrent.CompletionStage} stands for the
   *     value with which it completes
   * @throws Exception makes the attempt fail
   */
  @Nullable Object auth(String namespace) throws Exception;
}
