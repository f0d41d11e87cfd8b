package io.starling.emitter.cli;

import picocli.CommandLine.IVersionProvider;

/** Answers {@code --version} with the version in the manifest of the jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = EmitterCli.class.getPackage().getImplementationVersion();
    return new String[] {"Starling emitter " + (version == null ? "(not packaged)" : version)};
  }
}
