package io.starling.integration.managers;

final class RedisClassicBackendContractIT extends RedisClusterBackendContractIT {
  @Override
  String parameters() {
    return "?pubsub=classic";
  }
}
