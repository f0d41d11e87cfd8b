package io.starling.socketio.cli;

import io.starling.socketio.settings.ServerSetting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of the command line; every {@link ServerSetting} is one. Their values are only
 * collected here, as text. {@link io.starling.socketio.settings.Settings} checks the values of all
 * sources together.
 */
final class Options {
  private static final String PRINT_CONFIG = "--print-config";

  private Options() {}

  static CommandLine commandLine() {
    CommandSpec spec = CommandSpec.create().name("socketio-server").mixinStandardHelpOptions(true);
    spec.usageMessage().customSynopsis("java -jar socketio-server.jar [options]");
    spec.usageMessage().description("A Socket.IO server that scales across processes.");
    spec.usageMessage()
        .footer(
            "",
            "Each option is an environment variable too, such as STARLING_PORT, and a key of",
            "the properties file, such as starling.port.");
    spec.versionProvider(() -> new String[] {"starling " + version()});
    for (ServerSetting setting : ServerSetting.values()) {
      spec.addOption(
          OptionSpec.builder(setting.option())
              .paramLabel("<" + setting.label() + ">")
              .description(setting.meaning() + " Default: " + setting.standard())
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .build());
    }
    spec.addOption(
        OptionSpec.builder(PRINT_CONFIG)
            .description("Shows each value and where it comes from, and ends.")
            .type(boolean.class)
            .arity("0")
            .build());
    spec.parser().collectErrors(true).unmatchedArgumentsAllowed(true);
    return new CommandLine(spec);
  }

  static boolean printConfig(ParseResult parsed) {
    return parsed.hasMatchedOption(PRINT_CONFIG);
  }

  /** The values that were given on the command line, by setting. */
  static Map<ServerSetting, List<String>> values(ParseResult parsed) {
    Map<ServerSetting, List<String>> values = new EnumMap<>(ServerSetting.class);
    for (ServerSetting setting : ServerSetting.values()) {
      if (parsed.hasMatchedOption(setting.option())) {
        List<String> given = parsed.matchedOptionValue(setting.option(), List.<String>of());
        values.put(setting, new ArrayList<>(given));
      }
    }
    return values;
  }

  /** The faults of the command line, such as unknown options and unreadable characters. */
  static List<String> faults(ParseResult parsed) {
    List<String> faults = new ArrayList<>();
    for (String argument : parsed.originalArgs()) {
      if (argument.indexOf('\ufffd') >= 0) {
        faults.add(
            "command line: unreadable characters (expected: text in the encoding of the locale; set"
                + " LC_ALL=C.UTF-8, or use a properties file)");
        break;
      }
    }
    parsed.errors().forEach(error -> faults.add(String.valueOf(error.getMessage())));
    String before = "";
    for (String unknown : parsed.unmatched()) {
      boolean valueOfUnknown = before.startsWith("-") && !unknown.startsWith("-");
      if (!valueOfUnknown) {
        String name = unknown.replaceFirst("=.*", "");
        faults.add(ServerSetting.unknown(name, ServerSetting::option));
      }
      before = unknown.indexOf('=') < 0 ? unknown : "";
    }
    return faults;
  }

  private static String version() {
    String version = Options.class.getPackage().getImplementationVersion();
    return version == null ? "(unpacked)" : version;
  }
}
