package io.starling.emitter.cli;

import io.starling.manager.HostResponses;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** {@code count}: prints how many clients there are. */
@Command(
    name = "count",
    mixinStandardHelpOptions = true,
    description = {
      "Prints how many clients are connected: all of the namespace, or those that you select.",
      "",
      "If a server does not answer in time, its clients are missing in the number, stderr names the"
          + " server, and the exit status is 1."
    },
    footer = {
      "  emitter count",
      "  emitter count --namespace /chat --room lobby --except muted",
      "  emitter count --json --timeout 2s"
    })
final class CountCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Mixin private Replies replies = new Replies();

  CountCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    HostResponses<Integer> counted =
        replies.ask(root, emitter -> target.of(emitter).timeout(replies.timeout()).count());
    long sum = counted.answers().values().stream().mapToLong(Integer::longValue).sum();
    if (replies.json()) {
      ObjectNode line = JsonText.MAPPER.createObjectNode().put("count", sum);
      ObjectNode hosts = line.putObject("hosts");
      counted.answers().forEach((host, count) -> hosts.put(host.value(), count));
      root.out().println(line);
    } else {
      root.out().println(sum);
    }
    return Replies.status(root, counted.answers().size(), counted.missing());
  }
}
