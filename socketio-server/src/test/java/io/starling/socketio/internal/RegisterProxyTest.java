package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.OnConnect;
import io.starling.socketio.OnEvent;
import io.starling.socketio.Socket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import kotlin.coroutines.Continuation;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

/** Objects of which a framework gives us another: proxies of Spring, functions of Kotlin. */
final class RegisterProxyTest {
  private final ServerFixture server = new ServerFixture();
  private final List<String> log = new ArrayList<>();

  private final MethodInterceptor advice =
      call -> {
        log.add("advice of " + call.getMethod().getName());
        return call.proceed();
      };

  /** A bean whose fields a proxy does not have. */
  static class Chat {
    private final List<String> log;

    Chat(List<String> log) {
      this.log = log;
    }

    @OnConnect
    void connect(Socket socket) {
      log.add("connect");
    }

    @OnEvent("say")
    public List<String> say(List<String> words) {
      log.add("say");
      return words;
    }

    @OnEvent
    protected String hidden() {
      log.add("hidden");
      return "hidden";
    }
  }

  interface Api {
    @OnEvent
    String say(String word);

    @OnEvent
    default String twice(String word) {
      return word + word;
    }
  }

  static class ApiBean implements Api {
    @Override
    public String say(String word) {
      return "said " + word;
    }
  }

  private Object proxy(Object bean, boolean ofTheClass) {
    ProxyFactory factory = new ProxyFactory(bean);
    factory.setProxyTargetClass(ofTheClass);
    factory.addAdvice(advice);
    return factory.getProxy();
  }

  private List<String> answers(String... packets) {
    FakeClient client = server.connect();
    for (String packet : packets) {
      client.sends(packet);
      server.run();
    }
    return client.took();
  }

  @Test
  void subclassProxyIsSeenThroughAndCalledThrough() {
    server.root().register(proxy(new Chat(log), true));

    assertThat(answers("21[\"say\",[\"a\"]]", "22[\"hidden\"]"))
        .containsExactly("31[[\"a\"]]", "32[\"hidden\"]");
    assertThat(log)
        .containsExactly(
            "advice of connect", "connect", "advice of say", "say", "advice of hidden", "hidden");
  }

  @Test
  void proxyOfAProxyIsSeenThrough() {
    server.root().register(proxy(proxy(new Chat(log), true), true));
    answers("21[\"say\",[]]");

    assertThat(log).endsWith("advice of say", "advice of say", "say");
  }

  @Test
  void adviceThatThrowsRefusesTheCall() {
    ProxyFactory factory = new ProxyFactory(new Chat(log));
    factory.setProxyTargetClass(true);
    factory.addAdvice(
        (MethodInterceptor)
            call -> {
              throw new ConnectRefusedException("denied");
            });
    server.root().register(factory.getProxy());

    assertThat(server.connectOnly().took()).containsExactly("4{\"message\":\"denied\"}");
    assertThat(log).isEmpty();
  }

  @Test
  void annotationsOfAnInterfaceCountForASpringProxyOfIt() {
    server.root().register(proxy(new ApiBean(), false));

    assertThat(answers("21[\"say\",\"a\"]", "22[\"twice\",\"b\"]"))
        .containsExactly("31[\"said a\"]", "32[\"bb\"]");
    assertThat(log).contains("advice of say");
  }

  @Test
  void annotationsOfAnInterfaceCountForAnObjectOfItsOwnAndASubclassProxy() {
    server.root().register(new ApiBean());
    server.namespaces.declare("/proxy").register(proxy(new ApiBean(), true));
    FakeClient client = server.connect();
    client.sends("21[\"say\",\"a\"]");
    client.sends("0/proxy,");
    server.run();
    client.sends("2/proxy,1[\"say\",\"b\"]");
    server.run();

    assertThat(client.took()).contains("31[\"said a\"]", "3/proxy,1[\"said b\"]");
    assertThat(log).containsExactly("advice of say");
  }

  @Test
  void annotationsOfAnInterfaceCountForAnyJdkProxy() {
    Object proxy =
        Proxy.newProxyInstance(
            Api.class.getClassLoader(),
            new Class<?>[] {Api.class},
            (self, method, arguments) -> "proxied " + method.getName());
    server.root().register(proxy);

    assertThat(answers("21[\"say\",\"a\"]")).containsExactly("31[\"proxied say\"]");
  }

  interface Plain {
    void run();
  }

  static class Annotated implements Plain {
    @Override
    @OnEvent
    public void run() {}
  }

  @Test
  void jdkProxyThatHidesTheAnnotationsIsRefusedWithWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.root().register(proxy(new Annotated(), false)))
        .withMessageStartingWith("handlers: ")
        .withMessageContaining("is a JDK proxy")
        .withMessageContaining("spring.aop.proxy-target-class=true");
  }

  @SuppressWarnings("UnusedMethod") // Only the server would call it.
  static class Unreachable {
    @OnEvent
    private void secret() {}

    @OnEvent
    public final void last() {}
  }

  @Test
  void methodThatASpringProxyCannotPassOnIsRefused() {
    String name = Unreachable.class.getName();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.root().register(proxy(new Unreachable(), true)))
        .withMessage(
            "method: %1$s.last() cannot be called through the Spring proxy of its object (expected:"
                + " neither private nor final)\n"
                + "method: %1$s.secret() cannot be called through the Spring proxy of its object"
                + " (expected: neither private nor final)",
            name);
    server.root().register(new Unreachable());
  }

  /** As the compiler of Kotlin writes {@code suspend fun load(id: Int): String}. */
  static class Suspending {
    @OnEvent
    public @Nullable Object load(int id, Continuation<? super String> continuation) {
      return null;
    }
  }

  @Test
  void suspendFunctionOfKotlinIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.root().register(new Suspending()))
        .withMessage(
            "method: %s.load(int, Continuation) is a suspend function of Kotlin (expected: a"
                + " function that blocks, as with runBlocking, or gives back a CompletionStage, as"
                + " with future)",
            Suspending.class.getName());
  }
}
