package io.starling.integration.ours;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of the client on Starling. */
@ParameterizedClass
@EnumSource
final class ClientOnStarlingIT extends ClientContract {
  ClientOnStarlingIT(Transports transports) {
    super(ServerKind.STARLING, transports);
  }
}
