/** What Starling's client costs beside the official Java client: {@code benchmarks/clients}. */
@NullMarked
package io.starling.benchmarks.client;

import org.jspecify.annotations.NullMarked;
