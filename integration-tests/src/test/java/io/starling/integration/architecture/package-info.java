/** Rules about the code itself. */
@NullMarked
package io.starling.integration.architecture;

import org.jspecify.annotations.NullMarked;
