/** The programs of {@code examples}, with official clients. */
@NullMarked
package io.starling.integration.examples;

import org.jspecify.annotations.NullMarked;
