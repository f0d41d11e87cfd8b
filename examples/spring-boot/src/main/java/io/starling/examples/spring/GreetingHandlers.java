package io.starling.examples.spring;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import org.springframework.stereotype.Component;

/**
 * Handlers of events in a Spring bean. Spring passes other beans to its constructor, as to every
 * bean.
 */
@Component
class GreetingHandlers implements SocketIoApplication {
  private final Greetings greetings;

  GreetingHandlers(Greetings greetings) {
    this.greetings = greetings;
  }

  @Override
  public void configure(SocketIoServer server) {
    server.root().on("greet", String.class, (socket, name, ack) -> ack.send(greetings.greet(name)));
  }
}
