package io.starling.integration.failures;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The lines by which a process of the matrix tells the harness what happened, and when. */
final class Telling {
  /** The beginning of each line; lines of the log begin otherwise. */
  static final String START = "# ";

  private Telling() {}

  /** Prints {@code # millis event word word …}. Any thread. */
  static void say(String event, @Nullable Object... words) {
    String line =
        Arrays.stream(words).map(Telling::text).collect(Collectors.joining(" ", event + " ", ""));
    System.out.println(START + System.currentTimeMillis() + " " + line.strip());
  }

  /** Obeys the lines of the standard input until one says {@code quit}, or the input ends. */
  static void obey(Consumer<String[]> commands) throws IOException {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = input.readLine();
          line != null && !line.equals("quit");
          line = input.readLine()) {
        commands.accept(line.split(" ", -1));
      }
    }
  }

  private static String text(@Nullable Object word) {
    String text =
        word instanceof HostId host
            ? host.value()
            : Objects.toString(word instanceof Throwable failure ? failure.getMessage() : word);
    return text.replaceAll("\\s+", " ");
  }

  /** A listener that logs as in production, and prints each event that it hears. */
  static ManagerListener listener(String subject) {
    ManagerListener logging = ManagerListener.logging(subject);
    return (ManagerListener)
        Proxy.newProxyInstance(
            Telling.class.getClassLoader(),
            new Class<?>[] {ManagerListener.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == ManagerListener.class) {
                say(method.getName(), arguments);
              }
              try {
                return method.invoke(logging, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }
}
