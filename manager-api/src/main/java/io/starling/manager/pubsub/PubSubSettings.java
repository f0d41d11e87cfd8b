package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the bus protocol is to behave, whatever the back end. Each setting is a parameter of the back
 * end's URL too, under the name in its setter's Javadoc.
 *
 * @param prefix what the names of all channels begin with
 * @param outboxBytes how much may wait for the broker
 * @param outboxAge how long
 * @param keepTrying whether a start waits for a broker that is not there
 * @param secrets what frames are signed with, the first, and checked against, any; none for no
 *     signatures
 */
public record PubSubSettings(
    String prefix, long outboxBytes, Duration outboxAge, boolean keepTrying, List<String> secrets) {
  private static final String SECRET = "secret";
  private static final String ACCEPT_SECRET = "accept-secret";
  private static final int MIN_SECRET_CHARACTERS = 16;
  private static final String HOST = ":host:";
  private static final String REPLY = ":reply:";

  /** The standard settings. */
  public static final PubSubSettings DEFAULTS =
      new PubSubSettings("starling", 8L << 20, Duration.ofSeconds(30), false, List.of());

  /** The names of the URL parameters. */
  static final Set<String> PARAMETERS =
      Set.of("prefix", "outbox-bytes", "outbox-seconds", "keep-trying", SECRET, ACCEPT_SECRET);

  private static final String PREFIX_RULE = "1 to 128 characters of A-Z a-z 0-9 . _ -";

  public PubSubSettings {
    secrets = List.copyOf(secrets);
    List<String> faults = new ArrayList<>();
    if (!prefix.matches("[A-Za-z0-9._-]{1,128}")) {
      faults.add("prefix: \"" + prefix + "\" (expected: " + PREFIX_RULE + ")");
    }
    if (outboxBytes < FrameCodec.MAX_FRAME_BYTES) {
      faults.add(
          "outbox-bytes: "
              + outboxBytes
              + " (expected: at least "
              + FrameCodec.MAX_FRAME_BYTES
              + ")");
    }
    if (outboxAge.isNegative() || outboxAge.isZero()) {
      faults.add("outbox-seconds: " + outboxAge.toSeconds() + " (expected: more than 0)");
    }
    if (secrets.size() > 2
        || secrets.stream().anyMatch(secret -> secret.length() < MIN_SECRET_CHARACTERS)) {
      faults.add(
          "secret: "
              + secrets.size()
              + " given (expected: at most 2, of at least "
              + MIN_SECRET_CHARACTERS
              + " characters)");
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }

  /** {@code prefix}: separates applications on one broker. Default {@code starling}. */
  public PubSubSettings withPrefix(String value) {
    return new PubSubSettings(value, outboxBytes, outboxAge, keepTrying, secrets);
  }

  /**
   * {@code outbox-bytes}: how much may be queued or in flight before new operations are refused.
   * Default 8 MiB, at least one frame.
   */
  public PubSubSettings withOutboxBytes(long value) {
    return new PubSubSettings(prefix, value, outboxAge, keepTrying, secrets);
  }

  /** {@code outbox-seconds}: how long an operation waits before it fails. Default 30 s. */
  public PubSubSettings withOutboxAge(Duration value) {
    return new PubSubSettings(prefix, outboxBytes, value, keepTrying, secrets);
  }

  /**
   * {@code keep-trying}: a start with the broker down succeeds and connects when it can, instead of
   * failing. Default false.
   */
  public PubSubSettings withKeepTrying(boolean value) {
    return new PubSubSettings(prefix, outboxBytes, outboxAge, value, secrets);
  }

  /**
   * {@code secret}: signs every frame, and drops every frame that is not signed. All hosts and
   * emitters of a prefix have the same. Default none. {@code accept-secret}: a second one that is
   * accepted too. To change the secret while everything runs, give everybody the new one as {@code
   * accept-secret}, then exchange the two, then leave the old one out.
   *
   * @param signing at least 16 characters, better 32 random ones
   */
  public PubSubSettings withSecrets(String signing, String... accepted) {
    List<String> all = new ArrayList<>(List.of(signing));
    all.addAll(List.of(accepted));
    return new PubSubSettings(prefix, outboxBytes, outboxAge, keepTrying, all);
  }

  /**
   * The settings in a URL.
   *
   * @throws IllegalArgumentException listing every fault, unknown parameters with the known ones
   */
  static PubSubSettings of(BackendUrl url, PubSubBackendProvider provider) {
    Map<String, String> given = new LinkedHashMap<>(url.parameters());
    List<String> faults = new ArrayList<>();
    Set<String> known = new TreeSet<>(provider.parameters());
    known.addAll(PARAMETERS);
    for (String name : given.keySet()) {
      if (known.stream().noneMatch(pattern -> matches(pattern, name))) {
        faults.add(
            "url parameter: " + name + " (expected: one of " + String.join(", ", known) + ")");
      }
    }
    String prefix = provider.prefix(url);
    if (prefix != null && !given.getOrDefault("prefix", prefix).equals(prefix)) {
      faults.add(
          "prefix: "
              + given.get("prefix")
              + " (expected: "
              + prefix
              + ", as elsewhere in the url)");
    }
    long bytes = number(given, "outbox-bytes", DEFAULTS.outboxBytes, faults);
    long seconds = number(given, "outbox-seconds", DEFAULTS.outboxAge.toSeconds(), faults);
    String keepTrying = given.getOrDefault("keep-trying", "false");
    if (!keepTrying.equals("true") && !keepTrying.equals("false")) {
      faults.add("keep-trying: " + keepTrying + " (expected: true or false)");
    }
    List<String> secrets = new ArrayList<>();
    if (given.containsKey(SECRET)) {
      secrets.add(given.get(SECRET));
    }
    if (given.containsKey(ACCEPT_SECRET)) {
      secrets.add(given.get(ACCEPT_SECRET));
      if (!given.containsKey(SECRET)) {
        faults.add("secret: none (expected: one beside accept-secret)");
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return new PubSubSettings(
        given.getOrDefault("prefix", prefix == null ? DEFAULTS.prefix : prefix),
        bytes,
        Duration.ofSeconds(seconds),
        keepTrying.equals("true"),
        secrets);
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  private static long number(
      Map<String, String> given, String name, long standard, List<String> faults) {
    String text = given.get(name);
    if (text == null) {
      return standard;
    }
    if (!text.matches("[0-9]{1,12}")) {
      faults.add(name + ": " + text + " (expected: a whole number)");
      return standard;
    }
    return Long.parseLong(text);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "prefix="
        + prefix
        + " outbox-bytes="
        + outboxBytes
        + " outbox-seconds="
        + outboxAge.toSeconds()
        + " keep-trying="
        + keepTrying
        + " secrets="
        + secrets.size();
  }

  /** The channel that every host hears. */
  String allChannel() {
    return prefix + ":all";
  }

  /** One host's inbox: answers. */
  String inboxOf(HostId host) {
    return prefix + HOST + host;
  }

  /** Whether answers may go there: the inbox of a host, or of an emitter that asks. */
  boolean isInbox(String channel) {
    for (String kind : List.of(prefix + HOST, prefix + REPLY)) {
      if (channel.startsWith(kind)) {
        return HostId.isValid(channel.substring(kind.length()));
      }
    }
    return false;
  }
}
