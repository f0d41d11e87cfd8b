package io.starling.examples.chat;

import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Namespace;
import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;

/**
 * The chat of the demo, for the server executable: {@code --application examples.jar}.
 *
 * <pre>
 * from a client, each with an ack of {result} or {error}     to clients
 *   message {id, room, text, image}                            welcome {socket, name, host, limits}
 *   join room                                                  message {...}, acked by {name, host}
 *   leave room                                                 receipt {id, by, missing}
 *   who                                                        joined, left {socket, name, host, room}
 *                                                              roll call, acked by {name, host}
 * </pre>
 */
public final class ChatApplication implements SocketIoApplication {
  @Override
  public void configure(SocketIoServer server) {
    Rooms rooms = new Rooms();
    Messages messages = new Messages();
    Visitors visitors = new Visitors(server, rooms);
    Namespace chat = server.root();
    chat.onConnect(visitors::welcome);
    chat.onDisconnect((socket, reason) -> visitors.farewell(socket));
    chat.on("who", (socket, nothing, ack) -> visitors.callTheRoll(socket, ack));
    chat.on("join", (socket, room, ack) -> Reply.to(ack, () -> rooms.join(socket, name(room))));
    chat.on("leave", (socket, room, ack) -> Reply.to(ack, () -> rooms.leave(socket, name(room))));
    chat.on("message", (socket, draft, ack) -> messages.send(socket, draft, ack));
  }

  private static String name(Arguments arguments) {
    return Names.ROOM.check(arguments.get(0) instanceof String text ? text : null);
  }
}
