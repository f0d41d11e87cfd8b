/** The code that README and guide show. */
@NullMarked
package io.starling.examples.guide;

import org.jspecify.annotations.NullMarked;
