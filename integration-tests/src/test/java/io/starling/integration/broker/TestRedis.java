package io.starling.integration.broker;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that tests run against: the one that {@value #VARIABLE} names, else an embedded one of
 * this test's own. The report says which. A named one is shared with others and may hold data, so
 * each test sets a prefix of its own ({@code ?prefix=}).
 */
public final class TestRedis implements AutoCloseable {
  static final String VARIABLE = "STARLING_TEST_REDIS";

  private final String url;
  private final @Nullable EmbeddedRedis embedded;

  private TestRedis(String url, @Nullable EmbeddedRedis embedded) {
    this.url = url;
    this.embedded = embedded;
  }

  public static TestRedis open() {
    return open(System.getenv(), EmbeddedRedis::start);
  }

  static TestRedis open(Map<String, String> environment, Supplier<EmbeddedRedis> fallback) {
    String named = environment.getOrDefault(VARIABLE, "");
    if (!named.isEmpty()) {
      System.out.println("Redis for tests: the one that " + VARIABLE + " names");
      return new TestRedis(named, null);
    }
    EmbeddedRedis embedded = fallback.get();
    System.out.println("Redis for tests: embedded, " + embedded.url());
    return new TestRedis(embedded.url(), embedded);
  }

  /** Without parameters, unless the environment's has some. */
  public String url() {
    return url;
  }

  /** The same broker with channels of one's own. */
  public String url(String prefix) {
    return url + (url.contains("?") ? "&" : "?") + "prefix=" + prefix;
  }

  @Override
  public void close() {
    if (embedded != null) {
      embedded.close();
    }
  }
}
