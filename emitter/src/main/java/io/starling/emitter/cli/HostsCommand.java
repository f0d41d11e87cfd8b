package io.starling.emitter.cli;

import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** {@code hosts}: lists the servers. */
@Command(
    name = "hosts",
    mixinStandardHelpOptions = true,
    description = "Lists the servers of the cluster with their release and how long they have run.",
    footer = {"  emitter hosts", "  emitter hosts --json --timeout 2s"})
final class HostsCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Replies replies = new Replies();

  HostsCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    HostResponses<HostInfo> responses =
        replies.ask(root, emitter -> emitter.hosts(replies.timeout()));
    Collection<HostInfo> hosts = responses.answers().values();
    if (replies.json()) {
      hosts.forEach(host -> root.out().println(json(host)));
    } else {
      List<List<String>> rows = new ArrayList<>();
      hosts.forEach(host -> rows.add(List.of(host.id().value(), host.release(), text(host.age()))));
      Table.print(root.out(), List.of("SERVER", "RELEASE", "AGE"), rows);
    }
    return Replies.status(root, hosts.size(), responses.missing());
  }

  private static ObjectNode json(HostInfo host) {
    return JsonText.MAPPER
        .createObjectNode()
        .put("id", host.id().value())
        .put("release", host.release())
        .put("ageMillis", host.age().toMillis());
  }

  private static String text(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + "d " + age.toHoursPart() + "h";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h " + age.toMinutesPart() + "m";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + "m " + age.toSecondsPart() + "s"
        : age.toSeconds() + "s";
  }
}
