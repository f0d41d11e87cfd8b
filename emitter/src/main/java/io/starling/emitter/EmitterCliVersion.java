package io.starling.emitter;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class EmitterCliVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = EmitterCli.class.getPackage().getImplementationVersion();
    return new String[] {"Starling emitter " + (version == null ? "(not packaged)" : version)};
  }
}
