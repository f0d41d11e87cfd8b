/**
 * Helpers for tests that several modules share. {@link io.starling.integration.OptionalTool}
 * decides what happens to a test whose external program is missing. The contract suites for client
 * managers and back ends are in the package {@code io.starling.integration.contract}.
 */
@NullMarked
package io.starling.integration;

import org.jspecify.annotations.NullMarked;
