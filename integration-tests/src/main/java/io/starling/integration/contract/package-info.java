/**
 * What every client manager must do, as tests to subclass, and the fakes they run on. A back end's
 * author extends {@link io.starling.integration.contract.ClusterContract}.
 */
@NullMarked
package io.starling.integration.contract;

import org.jspecify.annotations.NullMarked;
