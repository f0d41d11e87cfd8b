package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.examples.clusterchat.ClusterChat;
import io.starling.integration.client.JavaClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A clustered chat with authentication and rooms, in less than 60 lines. */
final class ClusterChatIT {
  private static final Path SOURCE =
      Path.of("../examples/src/main/java/io/starling/examples/clusterchat/ClusterChat.java");

  private final ExampleServers servers = ExampleServers.made(url -> ClusterChat.server(0, url));

  @AfterEach
  void close() {
    servers.close();
  }

  @Test
  void itIsShort() throws IOException {
    assertThat(Files.readAllLines(SOURCE)).hasSizeLessThan(60);
  }

  @Test
  void membersOfARoomTalkAcrossServersAndOthersHearNothing() throws Exception {
    JavaClient ann = servers.connect(0, "/chat", Map.of("token", "t-ann"));
    JavaClient bob = servers.connect(1, "/chat", Map.of("token", "t-bob"));
    bob.emit("join", "tea");

    assertThat(bob.call("message", draft("tea", "anybody?"))).containsExactly("ok");
    assertThat(ann.call("message", draft("tea", "me!"))).containsExactly("not in tea");
    assertThat(ann.call("message", draft("lobby", "hello"))).containsExactly("ok");

    JSONObject heard = (JSONObject) bob.awaitEvents("message", 2).get(1).get(0);
    assertThat(heard.getString("from") + ": " + heard.getString("text")).isEqualTo("ann: hello");
    assertThat(ann.awaitEvents("message", 1)).hasSize(1);

    bob.close();
    assertThat(ann.awaitEvents("left", 1).get(0)).containsExactly("bob");
  }

  @Test
  void whoHasNoTokenIsRefused() throws Exception {
    JavaClient stranger = servers.open(0, "/chat", Map.of("token", "guess"));

    JSONObject error = (JSONObject) stranger.awaitEvents("connect_error", 1).get(0).get(0);
    assertThat(error.getString("message")).isEqualTo("who are you?");
  }

  private static JSONObject draft(String room, String text) throws Exception {
    return new JSONObject(Map.of("room", room, "text", text));
  }
}
