package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DynamicNamespaceTest {
  private static final String REFUSED = "4/org-1,{\"message\":\"Invalid namespace\"}";

  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private boolean accepted = true;
  private final Handlers organisations =
      server.namespaces.declare((name, handshake) -> name.startsWith("/org-") && accepted);

  private FakeClient asks(String packet) {
    FakeClient client = server.open();
    client.sends(packet);
    server.run();
    return client;
  }

  private List<String> names() {
    return server.namespaces.all().stream().map(Namespace::name).sorted().toList();
  }

  @Test
  void namespaceThatAPredicateAcceptsIsMadeForItsFirstClient() {
    FakeClient first = asks("0/org-1,");
    FakeClient second = asks("0/org-1,");

    assertThat(first.took()).singleElement().asString().startsWith("0/org-1,{\"sid\":");
    assertThat(second.took()).singleElement().asString().startsWith("0/org-1,{\"sid\":");
    assertThat(names()).containsExactly("/", "/org-1");
  }

  @Test
  void namespaceThatNoPredicateAcceptsIsRefused() {
    FakeClient client = asks("0/other,");

    assertThat(client.took()).containsExactly("4/other,{\"message\":\"Invalid namespace\"}");
    assertThat(server.listener.heard).containsExactly("connectRefused /other Invalid namespace");
    assertThat(names()).containsExactly("/");
  }

  @Test
  void predicateSeesNameAndHandshakeOnAHandlerThread() {
    server.namespaces.declare(
        (name, handshake) -> {
          log.add(name + handshake.auth("token") + handshake.header("User-Agent"));
          return false;
        });
    FakeClient client = server.open();
    client.sends("0/x,{\"token\":\"t\"}");
    server.loop.runTurn();
    assertThat(log).isEmpty();
    server.run();

    assertThat(log).containsExactly("/xtfake");
  }

  @Test
  void everyClientIsJudgedAlsoWhereTheNamespaceExists() {
    asks("0/org-1,");
    accepted = false;

    assertThat(asks("0/org-1,").took()).containsExactly(REFUSED);
  }

  @Test
  void whatAPredicateThrowsRefusesTheClient() {
    server.namespaces.declare(
        (name, handshake) -> {
          throw name.equals("/closed")
              ? new ConnectRefusedException("closed today", Map.of("until", 8))
              : new IllegalStateException("secret");
        });

    assertThat(asks("0/closed,").took())
        .containsExactly("4/closed,{\"message\":\"closed today\",\"data\":{\"until\":8}}");
    assertThat(asks("0/bad,").took()).containsExactly("4/bad,{\"message\":\"Connection refused\"}");
    assertThat(names()).containsExactly("/");
  }

  @Test
  void firstPredicateThatAcceptsCounts() {
    server.namespaces.declare((name, handshake) -> true).on("who", (s, a, k) -> {});
    organisations.on("who", (socket, arguments, ack) -> log.add("organisation"));
    asks("0/org-1,").sends("2/org-1,[\"who\"]");
    server.run();

    assertThat(log).containsExactly("organisation");
  }

  @Test
  void handlersAreThoseOfThePredicateAlsoIfAddedLater() {
    organisations
        .use(socket -> log.add("use " + socket.namespace().name()))
        .onConnect(socket -> log.add("connect"))
        .onDisconnect((socket, reason) -> log.add("disconnect"));
    FakeClient client = asks("0/org-1,");
    organisations.on("late", (socket, arguments, ack) -> log.add("late"));
    client.sends("2/org-1,[\"late\"]");
    client.sends("1/org-1,");
    server.run();

    assertThat(log).containsExactly("use /org-1", "connect", "late", "disconnect");
  }

  @Test
  void declaredNamespaceIsNotJudged() {
    accepted = false;
    server.namespaces.declare("/org-1");

    assertThat(asks("0/org-1,").took()).singleElement().asString().startsWith("0/org-1,{");
  }

  @Test
  void declaredNamespaceHasTheHandlersOfTheFirstPatternThatMatches() {
    Handlers guarded = server.namespaces.declare(Pattern.compile("/secret-\\d+"));
    server.namespaces.declare(Pattern.compile("/.*")).use(socket -> log.add("second"));
    guarded
        .use(socket -> log.add("use"))
        .onConnect(
            socket -> {
              if (socket.handshake().auth("token") == null) {
                throw new ConnectRefusedException("no token");
              }
            });
    server.namespaces.declare("/secret-5").emit("x");
    guarded.on("late", (socket, arguments, ack) -> log.add("late"));

    assertThat(asks("0/secret-5,").took()).containsExactly("4/secret-5,{\"message\":\"no token\"}");
    FakeClient client = asks("0/secret-5,{\"token\":1}");
    client.sends("2/secret-5,[\"late\"]");
    server.run();
    assertThat(log).containsExactly("use", "use", "late");
  }

  @Test
  void ownHandlersOfADeclaredNamespaceComeBeforeThoseOfThePattern() {
    server
        .namespaces
        .declare(Pattern.compile("/secret-.*"))
        .use(socket -> log.add("pattern"))
        .on("x", (socket, arguments, ack) -> log.add("pattern"));
    server
        .namespaces
        .declare("/secret-5")
        .use(socket -> log.add("own"))
        .on("x", (socket, arguments, ack) -> log.add("own"));
    asks("0/secret-5,").sends("2/secret-5,[\"x\"]");
    server.run();

    assertThat(log).containsExactly("pattern", "own", "own");
  }

  @Test
  void patternThatComesAfterTheDeclarationDoesNotCountForIt() {
    server.namespaces.declare("/secret-5");
    server.namespaces.declare(Pattern.compile("/.*")).use(socket -> log.add("pattern"));
    asks("0/secret-5,");
    server.connect();

    assertThat(log).isEmpty();
  }

  @Test
  void patternMatchesTheWholeNameOnly() {
    server.namespaces.declare(Pattern.compile("/sec")).use(socket -> log.add("use"));
    server.namespaces.declare("/secret-5");
    asks("0/secret-5,");

    assertThat(log).isEmpty();
    assertThat(asks("0/secret-6,").took()).singleElement().asString().startsWith("4/secret-6,");
  }

  @Test
  void declarationThatGoesPastAPredicateIsWarnedOfOnce() {
    RecordingLogger logger = new RecordingLogger();
    Namespaces namespaces = new Namespaces(server.endpoint, logger);
    namespaces.declare(Pattern.compile("/open-.*"));
    namespaces.declare("/before");
    namespaces.declare((name, handshake) -> false);
    namespaces.declare(Pattern.compile("/late-.*"));
    List.of("/open-1", "/late-1", "/other", "/other", "/before").forEach(namespaces::declare);

    assertThat(logger.lines)
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("WARN").contains("broadcast("))
        .satisfiesExactly(
            line -> assertThat(line).contains("/late-1"),
            line -> assertThat(line).contains("/other"));
  }

  @Test
  void namespaceIsForgottenWhenItsLastClientHasLeftAndItsHandlersHaveRun() {
    organisations.onDisconnect((socket, reason) -> log.add(names().size()));
    FakeClient first = asks("0/org-1,");
    FakeClient second = asks("0/org-1,");
    first.sends("1/org-1,");
    server.run();
    assertThat(names()).hasSize(2);
    second.goesAway();
    server.run();

    assertThat(names()).containsExactly("/");
    assertThat(log).containsExactly(2, 2);
  }

  @Test
  void namespaceOfAClientThatItsHandlersRefusedIsForgotten() {
    organisations.onConnect(
        socket -> {
          throw new ConnectRefusedException("no");
        });

    assertThat(asks("0/org-1,").took()).containsExactly("4/org-1,{\"message\":\"no\"}");
    assertThat(names()).containsExactly("/");
  }

  @Test
  void namespaceThatIsDeclaredLaterStays() {
    FakeClient client = asks("0/org-1,");
    Namespace declared = server.namespaces.declare("/org-1");
    assertThat(declared.sockets()).hasSize(1);
    client.goesAway();
    server.run();

    assertThat(names()).containsExactly("/", "/org-1");
  }

  @Test
  void emptyNamespaceStaysWhenItIsNotToBeCleanedUp() {
    ServerFixture keeping = new ServerFixture(config -> config.cleanupEmptyNamespaces(false));
    keeping.namespaces.declare((name, handshake) -> true);
    FakeClient client = keeping.open();
    client.sends("0/org-1,");
    keeping.run();
    client.goesAway();
    keeping.run();

    assertThat(keeping.namespaces.all()).hasSize(2);
  }

  @Test
  void moreNamespacesThanMayBeAreRefusedUntilOneIsGone() {
    ServerFixture small = new ServerFixture(config -> config.maxDynamicNamespaces(1));
    small.namespaces.declare((name, handshake) -> true);
    FakeClient client = small.open();
    client.sends("0/a,");
    client.sends("0/b,");
    small.run();
    assertThat(client.took()).contains("4/b,{\"message\":\"Too many namespaces\"}");
    client.sends("1/a,");
    small.run();
    client.sends("0/b,");
    small.run();

    assertThat(client.took()).singleElement().asString().startsWith("0/b,{");
  }

  @Test
  void clientThatLeavesBeforeItIsJudgedIsForgotten() {
    organisations.onConnect(socket -> log.add("connect"));
    FakeClient client = server.open();
    client.sends("0/org-1,");
    client.sends("1/org-1,");
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(names()).containsExactly("/");
    assertThat(log).isEmpty();
  }

  @Test
  void clientThatGoesAwayBeforeItIsJudgedIsForgotten() {
    FakeClient client = server.open();
    client.sends("0/org-1,");
    client.goesAway();
    server.run();

    assertThat(names()).containsExactly("/");
  }

  @Test
  void clientThatTheServerClosesBeforeItIsJudgedIsForgotten() {
    organisations.onConnected(socket -> log.add("connected"));
    server.root();
    FakeClient client = server.connect();
    client.sends("0/org-1,");
    server.root().sockets().iterator().next().disconnect(true);
    server.handlers.runAll();
    server.run();

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(names()).containsExactly("/");
    assertThat(log).isEmpty();
  }

  @Test
  void secondConnectBeforeTheFirstIsJudgedReplacesItAndIsAnsweredOnce() {
    FakeClient client = server.open();
    client.sends("0/org-1,{\"try\":1}");
    client.sends("0/org-1,{\"try\":2}");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("0/org-1,{\"sid\":");
    Socket socket = server.namespaces.declare("/org-1").sockets().iterator().next();
    assertThat(socket.handshake().auth("try")).isEqualTo("2");
  }

  @Test
  void namespaceOfAConnectThatWasReplacedIsForgottenWithTheLastClient() {
    FakeClient client = server.open();
    client.sends("0/org-1,");
    client.sends("0/org-1,");
    server.run();
    assertThat(names()).containsExactly("/", "/org-1");
    client.goesAway();
    server.run();

    assertThat(names()).containsExactly("/");
  }

  @Test
  void secondConnectBeforeTheFirstIsJudgedIsAnsweredOnceAlsoIfTheNamespaceIsDeclaredMeanwhile() {
    FakeClient client = server.open();
    client.sends("0/org-1,");
    server.namespaces.declare("/org-1");
    client.sends("0/org-1,");
    server.run();

    assertThat(client.took()).singleElement().asString().startsWith("0/org-1,{\"sid\":");
    assertThat(client.closed).isNull();
  }

  @Test
  void namespacesBeyondWhatMayWaitAreRefusedAndTheConnectionStays() {
    FakeClient client = server.open();
    for (int i = 0; i <= ServerFixture.MAX_PENDING_EVENTS; i++) {
      client.sends("0/org-" + i + ",");
    }
    server.run();

    assertThat(client.closed).isNull();
    assertThat(client.took())
        .hasSize(ServerFixture.MAX_PENDING_EVENTS + 1)
        .first()
        .isEqualTo("4/org-3,{\"message\":\"Too many namespaces\"}");
  }

  @Test
  void emitByNameReachesItsClientsAndDeclaresNothing() {
    FakeClient client = asks("0/org-1,");
    client.took();
    server.endpoint.broadcast("/org-1").emit("x");
    server.endpoint.broadcast("/org-2").emit("x");
    server.run();

    assertThat(client.took()).containsExactly("2/org-1,[\"x\"]");
    assertThat(names()).containsExactly("/", "/org-1");
  }

  @Test
  void connectionThatAsksForTooManyNamespacesIsRefusedInThatOneOnly() {
    ServerFixture limited = new ServerFixture(config -> config.maxNamespacesPerConnection(2));
    limited.namespaces.declare((name, handshake) -> true);
    FakeClient client = limited.open();
    client.sends("0/a,");
    client.sends("0/b,");
    limited.run();
    client.took();
    client.sends("0/c,");
    limited.run();

    assertThat(client.took()).containsExactly("4/c,{\"message\":\"Too many namespaces\"}");
    assertThat(limited.listener.heard).contains("connectRefused /c Too many namespaces");
    assertThat(client.closed).isNull();
    client.sends("1/a,");
    client.sends("0/c,");
    limited.run();
    assertThat(client.took()).singleElement().asString().startsWith("0/c,{\"sid\":");
  }

  @Test
  void secondConnectAtTheLimitReplacesThePendingOne() {
    ServerFixture limited = new ServerFixture(config -> config.maxNamespacesPerConnection(1));
    limited.namespaces.declare((name, handshake) -> true);
    FakeClient client = limited.open();
    client.sends("0/a,");
    client.sends("0/a,");
    limited.run();

    assertThat(client.took()).singleElement().asString().startsWith("0/a,{\"sid\":");
  }

  @Test
  void onlyTheLatestThousandNamespacesThatTheServerEndedAreRemembered() {
    organisations.onConnect(Socket::disconnect);
    FakeClient client = server.open();
    for (int i = 0; i <= 1_000; i++) {
      client.sends("0/org-" + i + ",");
      server.run();
    }

    client.sends("2/org-1,[\"late\"]");
    server.run();
    assertThat(client.closed).isNull();
    client.sends("2/org-0,[\"late\"]");
    server.run();
    assertThat(client.closed).isEqualTo(CloseReason.FORCED_CLOSE);
  }
}
