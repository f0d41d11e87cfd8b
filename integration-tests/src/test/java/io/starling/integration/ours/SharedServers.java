package io.starling.integration.ours;

import io.starling.integration.process.ServerProcess;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives the tests of a {@link ClientFixture} the server that they share. It starts for the first
 * test, so that each test counts as skipped where a program is missing, and ends with the run.
 */
final class SharedServers implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ServerProcess.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ServerKind kind = ((ClientFixture) context.getRequiredTestInstance()).kind();
    return context
        .getRoot()
        .getStore(Namespace.create(SharedServers.class))
        .computeIfAbsent(kind, key -> key.start(0), ServerProcess.class);
  }
}
