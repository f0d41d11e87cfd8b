package io.starling.integration.ours;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of the client on python-socketio, which {@link io.starling.integration.client.Python} runs. */
@ParameterizedClass
@EnumSource
final class ClientOnPythonIT extends ClientContract {
  ClientOnPythonIT(Transports transports) {
    super(ServerKind.PYTHON, transports);
  }
}
