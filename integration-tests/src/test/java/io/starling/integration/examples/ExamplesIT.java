package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.socket.client.Ack;
import io.starling.emitter.Emitter;
import io.starling.examples.acks.Acks;
import io.starling.examples.authentication.Authentication;
import io.starling.examples.batch.BatchEmitter;
import io.starling.examples.presence.Presence;
import io.starling.integration.client.JavaClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.json.JSONArray;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

/** What each example promises in its first comment. */
final class ExamplesIT {
  @Test
  void acksGoInBothDirectionsAndAcrossServers() throws Exception {
    try (ExampleServers servers = ExampleServers.of(new Acks())) {
      JavaClient asking = servers.connect(0, "/", Map.of());
      JavaClient there = servers.connect(1, "/", Map.of());
      answering(asking, "are you there", "yes");
      answering(there, "question", "blue");

      assertThat(asking.call("add", new JSONObject("{\"a\":2,\"b\":3}"))).containsExactly(5);
      assertThat(asking.call("check")).containsExactly("yes");
      assertThat(asking.call("poll", "which colour?")).containsExactly(1, true);
    }
  }

  @Test
  void membersOfARoomSeeEachOtherComeAndGoOnAnyServer() throws Exception {
    try (ExampleServers servers = ExampleServers.of(new Presence())) {
      JavaClient ann = servers.connect(0, "/presence", Map.of("name", "ann"));
      JavaClient bob = servers.connect(1, "/presence", Map.of("name", "bob"));
      ann.emit("join", "tea");
      await().until(() -> names(ann, "tea").equals("[\"ann\"]"));

      bob.emit("join", "tea");
      assertThat(ann.awaitEvents("joined", 1)).containsExactly(List.of("tea", "bob"));
      assertThat(names(ann, "tea")).isEqualTo("[\"ann\",\"bob\"]");

      bob.close();
      assertThat(ann.awaitEvents("left", 1)).containsExactly(List.of("tea", "bob"));
    }
  }

  private static String names(JavaClient client, String room) {
    return ((JSONArray) client.call("who", room).get(0)).toString();
  }

  @Test
  void onlyClientsWithAValidTokenGetInAndOthersHearWhy() throws Exception {
    try (ExampleServers servers = ExampleServers.of(new Authentication())) {
      JavaClient bob = servers.connect(0, "/", Map.of("token", "t-bob"));
      JavaClient ann = servers.connect(1, "/admin", Map.of("token", "t-ann"));

      assertThat(bob.call("whoami")).containsExactly("bob");
      assertThat(ann.call("stop")).containsExactly("stopped by ann");
      assertThat(refusal(servers, "/", Map.of())).isEqualTo("no token: login");
      assertThat(refusal(servers, "/", Map.of("token", "x"))).isEqualTo("unknown token: login");
      assertThat(refusal(servers, "/", Map.of("token", "t-old")))
          .isEqualTo("token expired: refresh");
      assertThat(refusal(servers, "/admin", Map.of("token", "t-bob")))
          .isEqualTo("admins only: none");
    }
  }

  private static String refusal(ExampleServers servers, String namespace, Map<String, String> auth)
      throws Exception {
    JavaClient refused = servers.open(0, namespace, auth);
    JSONObject error = (JSONObject) refused.awaitEvents("connect_error", 1).get(0).get(0);
    return error.getString("message") + ": " + error.getJSONObject("data").getString("remedy");
  }

  @Test
  void aBatchReachesItsRoomInOrder() throws IOException {
    try (ExampleServers servers = ExampleServers.of(server -> {});
        Emitter emitter = Emitter.create(servers.manager())) {
      JavaClient reader = servers.connect(1, "/", Map.of());
      servers.server(1).root().sockets().forEach(socket -> socket.join("news"));
      List<String> lines = IntStream.range(0, 5_000).mapToObj(i -> "line " + i).toList();
      BufferedReader input = new BufferedReader(new StringReader(String.join("\n", lines)));

      assertThat(BatchEmitter.emitAll(emitter, "news", input)).isEqualTo(lines.size());

      assertThat(reader.awaitEvents("line", lines.size()))
          .extracting(arguments -> arguments.get(1))
          .isEqualTo(lines);
    }
  }

  private static void answering(JavaClient client, String event, String answer) {
    client.on(event, arguments -> ((Ack) arguments[arguments.length - 1]).call(answer));
  }
}
