@NullMarked
package io.starling.examples.guide;

import org.jspecify.annotations.NullMarked;
