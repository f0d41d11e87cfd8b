/** What the published jars offer, as text in {@code docs/api}. */
@NullMarked
package io.starling.integration.api;

import org.jspecify.annotations.NullMarked;
