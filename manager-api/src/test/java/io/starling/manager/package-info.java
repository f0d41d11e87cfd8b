/** Tests of what every manager shares. */
@NullMarked
package io.starling.manager;

import org.jspecify.annotations.NullMarked;
