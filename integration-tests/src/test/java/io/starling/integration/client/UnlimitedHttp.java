package io.starling.integration.client;

import java.time.Duration;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** What official Java clients may share: OkHttp's limit of five requests a host starves polling. */
public final class UnlimitedHttp {
  private static final int REQUESTS = 1_000;

  private UnlimitedHttp() {}

  /** A client that waits for a poll as long as a server may take. */
  public static OkHttpClient create() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(REQUESTS);
    dispatcher.setMaxRequestsPerHost(REQUESTS);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .readTimeout(Duration.ofMinutes(1))
        .build();
  }
}
