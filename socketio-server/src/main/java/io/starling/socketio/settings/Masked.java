package io.starling.socketio.settings;

import java.util.regex.Pattern;

/**
 * Shows values without secrets: passwords, user information of URLs, and secret parameters of URLs
 * are replaced by {@code ***}.
 */
final class Masked {
  private static final String MASK = "***";
  private static final Pattern SECRET_NAME = Pattern.compile(".*-(password|secret|token)");
  private static final Pattern CREDENTIALS = Pattern.compile("://.*@");
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile(
          "([?&][^=&]*(secret|password|passwd|token|jaas|key)[^=&]*=)[^&]*",
          Pattern.CASE_INSENSITIVE);

  private Masked() {}

  static String of(ServerSetting setting, String value) {
    if (SECRET_NAME.matcher(setting.plainName()).matches()) {
      return MASK;
    }
    String withoutUser = CREDENTIALS.matcher(value).replaceAll("://" + MASK + "@");
    return SECRET_PARAMETER.matcher(withoutUser).replaceAll("$1" + MASK);
  }
}
