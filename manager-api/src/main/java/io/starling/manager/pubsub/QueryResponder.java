package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.LocalSockets.ServerReply;
import io.starling.manager.ManagerException;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Projection;
import io.starling.manager.RemoteSocket;
import io.starling.manager.memory.HostRequest;
import io.starling.manager.memory.InMemoryClientManager;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubMessage.Query;
import io.starling.manager.pubsub.PubSubMessage.QueryResult;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.manager.pubsub.PubSubMessage.ServerEvent;
import io.starling.manager.pubsub.PubSubMessage.ServerEventResult;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the queries and server events of other hosts, and passes their answers to the requests
 * that wait here. Called on the back end's threads.
 */
final class QueryResponder {
  /** The bit of a query's projection that asks for the sockets' ids. */
  static final int IDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(QueryResponder.class);
  private static final int ANSWERED = 0;
  private static final int NO_HANDLER = 1;
  private static final int FAILED = 2;

  /**
   * The approximate size limit of one part of an answer. A larger socket gets a part of its own.
   */
  private static final int PART_BYTES = 128 << 10;

  /** The estimated size of a socket or a room name in an answer, besides its text. */
  private static final int SOCKET_BYTES = 16;

  private final InMemoryClientManager local;
  private final PubSubPublisher publisher;
  private final PendingRequests pending;

  QueryResponder(InMemoryClientManager local, PubSubPublisher publisher, PendingRequests pending) {
    this.local = local;
    this.publisher = publisher;
    this.pending = pending;
  }

  void query(Query query) {
    ReplyTo replyTo = query.replyTo();
    if ((query.projection() & IDS) == 0) {
      int count = local.localCount(query.namespace(), query.recipients());
      reply(replyTo, new QueryResult(replyTo.request(), count, 0, 1, List.of()));
      return;
    }
    Set<Projection> projection = EnumSet.noneOf(Projection.class);
    for (Projection each : Projection.values()) {
      if ((query.projection() & each.bit()) != 0) {
        projection.add(each);
      }
    }
    List<RemoteSocket<EventPayload>> found =
        local.localSockets(query.namespace(), query.recipients(), projection);
    send(replyTo, found.size(), split(found), 0);
  }

  private static List<List<RemoteSocket<EventPayload>>> split(
      List<RemoteSocket<EventPayload>> sockets) {
    List<List<RemoteSocket<EventPayload>>> parts = new ArrayList<>();
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < sockets.size(); i++) {
      int next = bytes(sockets.get(i));
      if (i > from && bytes + next > PART_BYTES) {
        parts.add(sockets.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += next;
    }
    parts.add(sockets.subList(from, sockets.size()));
    return parts;
  }

  private static int bytes(RemoteSocket<EventPayload> socket) {
    int rooms = socket.rooms().stream().mapToInt(room -> SOCKET_BYTES + room.length()).sum();
    EventPayload data = socket.data();
    return SOCKET_BYTES
        + socket.id().value().length()
        + rooms
        + (data == null ? 0 : (int) data.bytes());
  }

  /**
   * Sends the parts one after another: each part waits until the broker has taken the previous one.
   * So a long answer does not fill the outbox.
   */
  private void send(
      ReplyTo replyTo, int count, List<List<RemoteSocket<EventPayload>>> parts, int part) {
    QueryResult result =
        new QueryResult(replyTo.request(), count, part, parts.size(), parts.get(part));
    ByteBuffer message;
    try {
      message = MessageCodec.encode(result);
    } catch (ManagerException e) {
      LOG.warn("A query is not answered: one socket has too much to tell", e);
      reply(replyTo, new QueryResult(replyTo.request(), count, 0, 0, List.of()));
      return;
    }
    publisher
        .publish(replyTo.channel(), message, Share.RESERVE)
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                LOG.debug("An answer to {} was not sent", replyTo.channel(), failure);
              } else if (part + 1 < parts.size()) {
                send(replyTo, count, parts, part + 1);
              }
            });
  }

  void queryResult(HostId origin, QueryResult result, List<RemoteSocket<EventPayload>> sockets) {
    withRequest(
        result.request(),
        request -> {
          if (result.parts() == 0) {
            request.refused(origin, Reason.FAILED);
          } else {
            QueryAnswer answer = new QueryAnswer(result.count(), sockets, null);
            request.answered(origin, answer, result.part(), result.parts());
          }
        });
  }

  /**
   * A server event of another host arrived.
   *
   * @param payload a copy that stays valid after the call
   */
  void serverEvent(HostId origin, ServerEvent event, EventPayload payload) {
    ReplyTo replyTo = event.replyTo();
    local.serverEvent(
        event.namespace(), origin, payload, replyTo == null ? null : new Reply(replyTo));
  }

  /**
   * The answer to a server event of this host arrived.
   *
   * @param answer a copy that stays valid after the call; null unless the event was answered
   */
  void serverEventResult(HostId origin, ServerEventResult result, @Nullable EventPayload answer) {
    withRequest(
        result.request(),
        request -> {
          if (result.status() == ANSWERED && answer != null) {
            request.answered(origin, QueryAnswer.of(answer), 0, 1);
          } else {
            request.refused(
                origin, result.status() == NO_HANDLER ? Reason.NO_HANDLER : Reason.FAILED);
          }
        });
  }

  @SuppressWarnings("unchecked") // Every HostRequest of this package has this type argument.
  private void withRequest(long id, Consumer<HostRequest<QueryAnswer>> action) {
    pending.answer(
        id, HostRequest.class, request -> action.accept((HostRequest<QueryAnswer>) request));
  }

  private void reply(ReplyTo replyTo, PubSubMessage message) {
    publisher
        .publish(replyTo.channel(), MessageCodec.encode(message), Share.RESERVE)
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                LOG.debug("An answer to {} was not sent", replyTo.channel(), failure);
              }
            });
  }

  /** Sends the answer to one server event back to the host that asked. */
  private final class Reply implements ServerReply {
    private final ReplyTo replyTo;

    Reply(ReplyTo replyTo) {
      this.replyTo = replyTo;
    }

    @Override
    public void answered(EventPayload answer) {
      try {
        reply(replyTo, new ServerEventResult(replyTo.request(), ANSWERED, answer));
      } catch (ManagerException e) {
        LOG.warn("A server event is not answered", e);
        refused(Reason.FAILED);
      }
    }

    @Override
    public void refused(Reason reason) {
      int status = reason == Reason.NO_HANDLER ? NO_HANDLER : FAILED;
      reply(replyTo, new ServerEventResult(replyTo.request(), status, null));
    }
  }
}
