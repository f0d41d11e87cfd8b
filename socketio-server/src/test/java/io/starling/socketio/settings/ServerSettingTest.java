package io.starling.socketio.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.socketio.SocketIoServerConfig;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ServerSettingTest {
  /** What no text can say, and what says the same as a setting in another way. */
  private static final Set<String> CODE_ONLY =
      Set.of(
          "build",
          "engineIo",
          "mapper",
          "listener",
          "managerListener",
          "handlerExecutor",
          "allowRequest");

  @Test
  void whateverABuilderSetsIsASettingOrCannotBeOne() {
    Set<String> methods = new TreeSet<>();
    for (Method method : SocketIoServerConfig.Builder.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())) {
        methods.add(method.getName());
      }
    }

    Set<String> named = new TreeSet<>(CODE_ONLY);
    Stream.of(ServerSetting.values())
        .filter(setting -> !setting.ofExecutable())
        .map(ServerSetting::inCode)
        .forEach(named::add);
    assertThat(methods).containsExactlyElementsOf(named);
  }

  @ParameterizedTest
  @MethodSource("settingsWithADefaultThatCanBeGiven")
  void theDefaultThatIsToldIsTheDefault(ServerSetting setting) throws ReflectiveOperationException {
    assertThat(value(setting, Map.of(setting.key(), setting.standard())))
        .usingRecursiveComparison()
        .isEqualTo(value(setting, Map.of()));
  }

  static Stream<ServerSetting> settingsWithADefaultThatCanBeGiven() {
    return Stream.of(ServerSetting.values())
        .filter(setting -> !setting.ofExecutable() && setting != ServerSetting.MANAGER)
        .filter(
            setting ->
                !Set.of("none", "all", "the best", "processors", "virtual", "a quarter of the heap")
                    .contains(setting.standard()));
  }

  @ParameterizedTest
  @MethodSource("numbersAndTimes")
  void aNumberOrTimeReachesItsOwnPlace(ServerSetting setting) throws ReflectiveOperationException {
    String text = setting.label().equals("DURATION") ? "1023s" : "1023";
    assertThat(String.valueOf(value(setting, Map.of(setting.key(), text))))
        .matches("(.*\\D)?(1023|PT17M3S)(\\D.*)?");
  }

  static Stream<ServerSetting> numbersAndTimes() {
    return Stream.of(ServerSetting.values())
        .filter(setting -> setting.label().matches("DURATION|BYTES|COUNT|PORT|BYTES\\|off"));
  }

  /** What the configuration, or its codec, says where the builder's method has its name. */
  private static Object value(ServerSetting setting, Map<String, String> properties)
      throws ReflectiveOperationException {
    SocketIoServerConfig config = Settings.of(properties).config().build();
    String name = setting.inCode();
    for (Object part : List.of(config, config.engine(), config.transport(), config.staticFiles())) {
      for (RecordComponent component : part.getClass().getRecordComponents()) {
        String ofStaticFiles = "static" + capitalized(component.getName());
        if (name.equals(component.getName()) || name.equals(ofStaticFiles)) {
          return component.getAccessor().invoke(part);
        }
      }
    }
    return EventPayloadCodec.class.getMethod(name).invoke(config.codec());
  }

  private static String capitalized(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }
}
