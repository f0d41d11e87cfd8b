/** Redis as a back end: pub/sub through Lettuce. */
@NullMarked
package io.starling.manager.redis;

import org.jspecify.annotations.NullMarked;
