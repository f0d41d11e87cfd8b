package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNullElse;

import io.starling.manager.HostId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The settings of the bus protocol, which are the same for every broker. Each setting is also a
 * query parameter of the broker URL. The Javadoc of its {@code with} method gives the parameter's
 * name.
 *
 * @param prefix the beginning of all channel names
 * @param outboxBytes how many bytes of operations may be queued or in flight
 * @param outboxAge how long an operation may be queued or in flight before it fails
 * @param keepTrying whether a start succeeds while the broker cannot be reached
 * @param secrets at most two. Frames are signed with the first, and accepted with a signature by
 *     any. An empty list turns signatures off.
 */
public record PubSubSettings(
    String prefix, long outboxBytes, Duration outboxAge, boolean keepTrying, List<String> secrets) {
  private static final String SECRET = "secret";
  private static final String ACCEPT_SECRET = "accept-secret";
  private static final int MIN_SECRET_CHARACTERS = 16;
  private static final long MAX_OUTBOX_SECONDS = Duration.ofDays(365).toSeconds();
  private static final String HOST = ":host:";
  private static final String REPLY = ":reply:";

  /** The default settings, which the {@code with} methods describe. */
  public static final PubSubSettings DEFAULTS =
      new PubSubSettings("starling", 8L << 20, Duration.ofSeconds(30), false, List.of());

  /** The names of the query parameters of the bus protocol. */
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
    if (outboxAge.isNegative()
        || outboxAge.isZero()
        || outboxAge.toSeconds() > MAX_OUTBOX_SECONDS) {
      faults.add(
          "outbox-seconds: "
              + outboxAge.toSeconds()
              + " (expected: more than 0, at most "
              + MAX_OUTBOX_SECONDS
              + ")");
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

  /**
   * URL parameter {@code prefix}: separates applications that share one broker. 1 to 128 characters
   * of {@code A-Z a-z 0-9 . _ -}. Default {@code starling}.
   *
   * @throws IllegalArgumentException when the prefix is not valid
   */
  public PubSubSettings withPrefix(String value) {
    return new PubSubSettings(value, outboxBytes, outboxAge, keepTrying, secrets);
  }

  /**
   * URL parameter {@code outbox-bytes}: how many bytes may be queued or in flight. Beyond that new
   * operations are refused. Default 8 MiB, at least 1,040,000 (one frame).
   *
   * @throws IllegalArgumentException when the value is too small
   */
  public PubSubSettings withOutboxBytes(long value) {
    return new PubSubSettings(prefix, value, outboxAge, keepTrying, secrets);
  }

  /**
   * URL parameter {@code outbox-seconds}: how long an operation waits for the broker before it
   * fails. More than zero, and at most 365 days. Default 30 s.
   *
   * @throws IllegalArgumentException when the duration is out of range
   */
  public PubSubSettings withOutboxAge(Duration value) {
    return new PubSubSettings(prefix, outboxBytes, value, keepTrying, secrets);
  }

  /**
   * URL parameter {@code keep-trying}: when true, a start while the broker is down succeeds, and
   * the connection is made as soon as possible. When false, such a start fails. Default false.
   */
  public PubSubSettings withKeepTrying(boolean value) {
    return new PubSubSettings(prefix, outboxBytes, outboxAge, value, secrets);
  }

  /**
   * URL parameter {@code secret}: every frame is signed, and every frame without a valid signature
   * is dropped. All hosts and emitters with the same prefix need the same secret. Default none.
   *
   * <p>URL parameter {@code accept-secret}: a second secret whose signatures are accepted, too. To
   * change the secret while everything runs: first give the new secret to all processes as {@code
   * accept-secret}, then exchange the two, then remove the old one.
   *
   * @param signing at least 16 characters; 32 random ones are better
   * @param accepted at most one more secret, of at least 16 characters
   * @throws IllegalArgumentException when a secret is too short, or there are too many
   */
  public PubSubSettings withSecrets(String signing, String... accepted) {
    List<String> all = new ArrayList<>(List.of(signing));
    all.addAll(List.of(accepted));
    return new PubSubSettings(prefix, outboxBytes, outboxAge, keepTrying, all);
  }

  /**
   * Reads the settings from the query parameters of a URL.
   *
   * @throws IllegalArgumentException with one line for each fault; for an unknown parameter the
   *     line lists the known ones
   */
  static PubSubSettings of(BackendUrl url, PubSubBackendProvider provider) {
    UrlParameters given = new UrlParameters(url);
    Set<String> known = new TreeSet<>(provider.parameters());
    known.addAll(PARAMETERS);
    for (String name : url.parameters().keySet()) {
      if (known.stream().noneMatch(pattern -> matches(pattern, name))) {
        given.fault(
            "url parameter: " + name + " (expected: one of " + String.join(", ", known) + ")");
      }
    }
    String prefix = requireNonNullElse(given.text("prefix"), DEFAULTS.prefix);
    String inUrl = provider.prefix(url);
    if (inUrl != null && given.text("prefix") != null && !inUrl.equals(prefix)) {
      given.fault("prefix: " + prefix + " (expected: " + inUrl + ", as elsewhere in the url)");
    }
    long bytes = given.number("outbox-bytes", DEFAULTS.outboxBytes, 0, Long.MAX_VALUE);
    long seconds =
        given.number("outbox-seconds", DEFAULTS.outboxAge.toSeconds(), 0, Long.MAX_VALUE);
    boolean keepTrying = given.flag("keep-trying", false);
    List<String> secrets =
        Stream.of(given.text(SECRET), given.text(ACCEPT_SECRET)).filter(Objects::nonNull).toList();
    if (given.text(SECRET) == null && given.text(ACCEPT_SECRET) != null) {
      given.fault("secret: none (expected: one beside accept-secret)");
    }
    given.check();
    return new PubSubSettings(
        inUrl == null ? prefix : inUrl, bytes, Duration.ofSeconds(seconds), keepTrying, secrets);
  }

  /** Whether a parameter's name matches a pattern of {@link PubSubBackendProvider#parameters()}. */
  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  /** Returns the settings in one line, with the number of secrets instead of the secrets. */
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

  /** The channel that every host subscribes to. */
  String allChannel() {
    return prefix + ":all";
  }

  /** The inbox channel of one host, for answers and repairs. */
  String inboxOf(HostId host) {
    return prefix + HOST + host;
  }

  /** The inbox channel of an emitter that asked for replies. */
  String replyChannelOf(HostId emitter) {
    return prefix + REPLY + emitter;
  }

  /** Whether an inbox channel is that of an emitter. */
  boolean isOfEmitter(String inbox) {
    return inbox.startsWith(prefix + REPLY);
  }

  /**
   * Whether answers may be sent to this channel: the inbox of a host, or the reply channel of an
   * emitter.
   */
  boolean isInbox(String channel) {
    for (String kind : List.of(prefix + HOST, prefix + REPLY)) {
      if (channel.startsWith(kind)) {
        return HostId.isValid(channel.substring(kind.length()));
      }
    }
    return false;
  }
}
