package io.starling.integration.ours;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of the client on the official server, which {@link io.starling.integration.client.JavaScript} runs. */
@ParameterizedClass
@EnumSource
final class ClientOnNodeIT extends ClientContract {
  ClientOnNodeIT(Transports transports) {
    super(ServerKind.NODE, transports);
  }
}
