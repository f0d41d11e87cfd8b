/** The official Java client, and what tests ask about what it heard. */
@NullMarked
package io.starling.integration.client;

import org.jspecify.annotations.NullMarked;
