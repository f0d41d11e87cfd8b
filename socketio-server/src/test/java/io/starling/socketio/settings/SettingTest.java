package io.starling.socketio.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.EngineIoConfig;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.TransportConfig;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SettingTest {
  /** What no text can say, and what says the same as a setting in another way. */
  private static final Set<String> CODE_ONLY =
      Set.of(
          "build",
          "engine",
          "transport",
          "engineIo",
          "mapper",
          "listener",
          "managerListener",
          "handlerExecutor",
          "allowRequest",
          "engine.allowRequest",
          "engine.build",
          "engine.pingInterval",
          "engine.pingTimeout",
          "engine.maxPayloadBytes",
          "engine.maxQueuedBytes",
          "staticFiles.build",
          "staticFiles.rule",
          "transport.build",
          "transport.cors");

  @Test
  void whateverABuilderSetsIsASettingOrCannotBeOne() {
    Set<String> methods = new TreeSet<>();
    methods.addAll(methods("", SocketIoServerConfig.Builder.class));
    methods.addAll(methods("engine.", EngineIoConfig.Builder.class));
    methods.addAll(methods("transport.", TransportConfig.Builder.class));
    methods.addAll(methods("staticFiles.", StaticFilesConfig.Builder.class));

    Set<String> named = new TreeSet<>(CODE_ONLY);
    Stream.of(Setting.values())
        .filter(setting -> !setting.ofExecutable())
        .map(Setting::inCode)
        .forEach(named::add);
    assertThat(methods).containsExactlyElementsOf(named);
  }

  @ParameterizedTest
  @MethodSource("settingsWithADefaultThatCanBeGiven")
  void theDefaultThatIsToldIsTheDefault(Setting setting) throws ReflectiveOperationException {
    assertThat(value(setting, Map.of(setting.key(), setting.standard())))
        .usingRecursiveComparison()
        .isEqualTo(value(setting, Map.of()));
  }

  static Stream<Setting> settingsWithADefaultThatCanBeGiven() {
    return Stream.of(Setting.values())
        .filter(setting -> !setting.ofExecutable() && setting != Setting.MANAGER)
        .filter(
            setting ->
                !Set.of("none", "all", "the best", "processors", "virtual", "a quarter of the heap")
                    .contains(setting.standard()));
  }

  /** What the configuration says where the builder's method has its name. */
  private static Object value(Setting setting, Map<String, String> properties)
      throws ReflectiveOperationException {
    SocketIoServerConfig config = Settings.of(properties).config().build();
    String name = setting.inCode().replaceFirst(".*\\.", "");
    for (Object part : List.of(config, config.engine(), config.transport(), config.staticFiles())) {
      for (Method method : part.getClass().getMethods()) {
        if (method.getName().equals(name)) {
          return method.invoke(part);
        }
      }
    }
    throw new NoSuchMethodException(name);
  }

  private static Set<String> methods(String prefix, Class<?> builder) {
    Set<String> names = new TreeSet<>();
    for (Method method : builder.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        names.add(prefix + method.getName());
      }
    }
    return names;
  }
}
