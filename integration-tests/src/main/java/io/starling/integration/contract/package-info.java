/**
 * Contract suites: tests that every client manager and every broker back end must pass. The author
 * of a back end extends {@link io.starling.integration.contract.PubSubBackendContract}, which tests
 * the back end alone, and {@link io.starling.integration.contract.ClusterContract}, which tests a
 * cluster of managers on that back end.
 *
 * <p>The suites run without clients and without a server: {@link
 * io.starling.integration.contract.TestHost} is one host of the cluster, with fakes for its
 * sockets. {@link io.starling.integration.contract.FakeBus} is a broker inside the JVM that fails
 * on demand.
 */
@NullMarked
package io.starling.integration.contract;

import org.jspecify.annotations.NullMarked;
