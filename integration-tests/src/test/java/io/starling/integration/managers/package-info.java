/** The contract suites, run over the managers that need no broker, and over each broker. */
@NullMarked
package io.starling.integration.managers;

import org.jspecify.annotations.NullMarked;
