package io.starling.emitter.cli;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code emit}: sends one event. */
@Command(
    name = "emit",
    mixinStandardHelpOptions = true,
    description =
        "Sends an event to clients: to all of the namespace, or to those that you select.",
    footer = {
      "  emitter emit refresh",
      "  emitter emit --room news price '{\"eur\": 4.2}' 17 null",
      "  emitter emit --room news --except muted chat --text \"It's late\"",
      "  emitter emit image --text cat.png @cat.png",
      "  tar c logs | emitter emit --room admin backup @-",
      "  emitter emit --ack --timeout 5s --room lobby ready?",
      "  emitter emit settings \"$(cat settings.json)\""
    })
final class EmitCommand implements Callable<Integer> {
  static final String ARGUMENT =
      "An argument of the event: a JSON value; or @FILE for the bytes of a file as a binary value,"
          + " @- for those of the standard input. For a string, --text is easier.";

  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Mixin private EventArguments arguments = new EventArguments();

  @Option(
      names = "--ack",
      description =
          "Ask the clients for acknowledgements, wait, and print each client's id and answer.")
  private boolean ack;

  @Mixin private Replies replies = new Replies();

  @Parameters(index = "0", paramLabel = "EVENT", description = "The name of the event.")
  private String event = "";

  EmitCommand(RootCommand root) {
    this.root = root;
  }

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = ARGUMENT)
  void arguments(@Nullable List<String> all) {
    arguments.others(all);
  }

  @Override
  public Integer call() {
    if (replies.given() && !ack) {
      throw root.fault("--timeout, --json: given (expected: only with --ack)");
    }
    Object[] values = values(System.in);
    return ack ? ask(values) : root.perform(emitter -> target.of(emitter).emit(event, values));
  }

  Object[] values(InputStream in) {
    return arguments.values(in);
  }

  private int ask(Object[] values) {
    AckResponses<Arguments> acks =
        replies.ask(
            root,
            emitter -> target.of(emitter).timeout(replies.timeout()).emitWithAck(event, values));
    acks.answers().forEach((socket, answer) -> root.out().println(line(acks, socket, answer)));
    root.out().flush();
    if (acks.answers().isEmpty() && acks.missing().isEmpty()) {
      root.tell("no client was asked");
      return 0;
    }
    return Replies.status(root, 1, acks.missing());
  }

  private String line(AckResponses<?> acks, SocketId socket, Arguments answer) {
    List<JsonNode> values = IntStream.range(0, answer.size()).mapToObj(answer::node).toList();
    if (!replies.json()) {
      String texts = values.stream().map(JsonNode::toString).collect(Collectors.joining(" "));
      return JsonText.visible(socket.value() + " " + texts).stripTrailing();
    }
    ObjectNode line = JsonText.MAPPER.createObjectNode().put("id", socket.value());
    HostId host = acks.hosts().get(socket);
    if (host != null) {
      line.put("host", host.value());
    }
    line.putArray("args").addAll(values);
    return line.toString();
  }
}
